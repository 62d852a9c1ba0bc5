package jsontext

import (
	"bytes"
	"strconv"
)

// A Writer writes JSON in the layout of ip(8): on one line without blanks, or pretty. The
// lines of pretty break where ip breaks them; encoding/json does it elsewhere.
type Writer struct {
	pretty bool
	buf    bytes.Buffer
	depth  int
	comma  bool // a value precedes on this level
}

// New returns an empty document.
func New(pretty bool) *Writer { return &Writer{pretty: pretty} }

// Bytes returns the document and the newline at its end.
func (j *Writer) Bytes() []byte { return append(j.buf.Bytes(), '\n') }

func (j *Writer) separate() {
	if j.comma {
		j.buf.WriteByte(',')
	}
	j.comma = true
}

func (j *Writer) newline() {
	if !j.pretty {
		return
	}
	j.buf.WriteByte('\n')
	for range j.depth {
		j.buf.WriteString("    ")
	}
}

func (j *Writer) begin(c byte) {
	j.separate()
	j.buf.WriteByte(c)
	j.depth++
	j.comma = false
}

func (j *Writer) end(c byte) {
	j.depth--
	if j.comma {
		j.newline()
	}
	j.buf.WriteByte(c)
	j.comma = true
}

// Object writes an object whose members f writes.
func (j *Writer) Object(f func()) {
	j.begin('{')
	f()
	j.end('}')
}

// Array writes an array whose elements f writes.
func (j *Writer) Array(f func()) {
	j.begin('[')
	if j.pretty {
		j.buf.WriteByte(' ')
	}
	f()
	if j.pretty && j.comma {
		j.buf.WriteByte(' ')
	}
	j.comma = false
	j.end(']')
}

// Name writes a member's name; its value has to follow.
func (j *Writer) Name(name string) {
	j.separate()
	j.newline()
	j.comma = false
	j.buf.WriteString(Quote(name))
	j.buf.WriteByte(':')
	if j.pretty {
		j.buf.WriteByte(' ')
	}
}

// String writes a string as a value.
func (j *Writer) String(s string) {
	j.separate()
	j.buf.WriteString(Quote(s))
}

// Int writes a number as a value.
func (j *Writer) Int(n int64) {
	j.separate()
	j.buf.WriteString(strconv.FormatInt(n, 10))
}

// Uint writes a number as a value.
func (j *Writer) Uint(n uint64) {
	j.separate()
	j.buf.WriteString(strconv.FormatUint(n, 10))
}
