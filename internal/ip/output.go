package ip

import (
	"strconv"

	"nstools/internal/iproute"
)

// A list is a verb's output: lines, or JSON.
type list struct {
	json *iproute.JSON
	text []byte
	rows []func(*entry)
}

func (r *run) newList() *list {
	l := new(list)
	if r.opt.json {
		l.json = iproute.NewJSON(r.opt.pretty)
	}
	return l
}

// entry adds a line or an object.
func (l *list) entry(f func(*entry)) {
	if l.json != nil {
		l.rows = append(l.rows, f)
		return
	}
	f(&entry{l})
	l.text = append(l.text, '\n')
}

func (l *list) done() []byte {
	if l.json == nil {
		return l.text
	}
	l.json.Array(func() {
		for _, f := range l.rows {
			l.json.Object(func() { f(&entry{l}) })
		}
	})
	return l.json.Bytes()
}

type entry struct{ list *list }

// string is a member, or its text between two others.
func (e *entry) string(key, before, value, after string) {
	if j := e.list.json; j != nil {
		j.Name(key)
		j.String(value)
		return
	}
	e.list.text = append(e.list.text, before+value+after...)
}

func (e *entry) int(key, before string, value int32, after string) {
	if j := e.list.json; j != nil {
		j.Name(key)
		j.Int(int64(value))
		return
	}
	e.list.text = append(e.list.text, before...)
	e.list.text = strconv.AppendInt(e.list.text, int64(value), 10)
	e.list.text = append(e.list.text, after...)
}
