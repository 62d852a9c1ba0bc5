package inventory

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/jsontext"
	"nstools/internal/quote"
)

// A Share is a namespace of one process, and who else is in it.
type Share struct {
	*Namespace
	Host   bool      // it is the host's, and Others is empty
	Others []Process // other than the one process, in the order of their numbers
}

// Shares returns the namespaces of MembersOf, which belong to one process, in the order of
// ns.Kinds. Excepted processes, such as that one, are left out of Others.
func (s *Survey) Shares(except ...int) []Share {
	var list []Share
	for kind, id := range s.MembersOf {
		if id == 0 {
			continue
		}
		n := s.inv.namespace(Key{kind, id})
		share := Share{Namespace: n, Host: n.Name() == Host}
		for _, p := range s.members[n.Key] {
			if !share.Host && !slices.Contains(except, p.PID) {
				share.Others = append(share.Others, p)
			}
		}
		list = append(list, share)
	}
	return list
}

// SharesText returns a table of the namespaces of one process.
func (s Style) SharesText(shares []Share) string {
	t := newTable("NS", "TYPE", "NPROCS", "SHARED WITH")
	for _, x := range shares {
		t.row(strconv.FormatUint(x.ID, 10), x.Type(), strconv.Itoa(x.Processes), x.sharers())
	}
	return s.cut(t.String())
}

// sharersMax is how many others are on a line.
const sharersMax = 4

// sharers names the others, one for each container.
func (x Share) sharers() string {
	if x.Host {
		return Host
	}
	var list []string
	seen := make(map[string]bool)
	more := 0
	for _, p := range x.Others {
		switch {
		case p.Container != "" && seen[p.Container]:
		case len(list) == sharersMax:
			more++
		default:
			seen[p.Container] = true
			list = append(list, p.brief())
		}
	}
	if len(list) == 0 {
		return emptyCell
	}
	if more > 0 {
		list = append(list, strconv.Itoa(more)+" more")
	}
	return strings.Join(list, ", ")
}

// brief returns the container of a process, or else its number and the name of its program.
func (p Process) brief() string {
	if p.Container != "" {
		return quote.Plain(p.Container)
	}
	program, _, _ := strings.Cut(p.Command, " ")
	return strconv.Itoa(p.PID) + " (" + quote.Plain(path.Base(program)) + ")"
}

// SharesJSON returns JSON for the namespaces of one process, with the others in the key
// shared.
func (s Style) SharesJSON(shares []Share, hidden int) string {
	return document(hidden, func(j *jsontext.Writer) {
		for _, x := range shares {
			j.Object(func() {
				s.members(j, x.Namespace)
				j.Name("shared")
				j.Array(func() {
					for _, p := range x.Others {
						j.Object(func() { p.json(j) })
					}
				})
			})
		}
	})
}

func (p Process) json(j *jsontext.Writer) {
	number(j, "pid", uint64(p.PID))
	text(j, "command", p.Command)
	text(j, "name", p.Container)
}
