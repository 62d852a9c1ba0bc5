package container

import (
	"bytes"
	"encoding/json"
	"errors"
)

// fields are members of an object by name. The value is a pointer as for json.Unmarshal, or
// *object for an object whose members are picked in turn.
type fields map[string]any

// An object is the text of an object.
type object []byte

var errObject = errors.New("not an object of JSON")

// given reports whether there is an object, other than null.
func (text object) given() bool { return len(text) > 0 && string(text) != "null" }

// pick reads members of an object. The state of a container has tens of thousands of bytes,
// of which a few are needed, and a host has many containers. So the other members are
// skipped, once, and stay unparsed.
func (text object) pick(into fields) error {
	rest := bytes.TrimLeft(text, space)
	if len(rest) == 0 || rest[0] != '{' {
		return errObject
	}
	rest = bytes.TrimLeft(rest[1:], space)
	for first := true; len(rest) > 0; first = false {
		if rest[0] == '}' {
			if len(bytes.TrimLeft(rest[1:], space)) > 0 {
				return errObject
			}
			return nil
		}
		if !first {
			if rest[0] != ',' {
				return errObject
			}
			rest = bytes.TrimLeft(rest[1:], space)
		}
		n := valueLength(rest)
		if n < 2 || rest[0] != '"' {
			return errObject
		}
		name := rest[1 : n-1] // unchanged: the members that are asked for have no escapes
		rest = bytes.TrimLeft(rest[n:], space)
		if len(rest) == 0 || rest[0] != ':' {
			return errObject
		}
		rest = bytes.TrimLeft(rest[1:], space)
		if n = valueLength(rest); n <= 0 {
			return errObject
		}
		switch to := into[string(name)].(type) {
		case nil:
		case *object:
			*to = object(rest[:n])
		default:
			if err := json.Unmarshal(rest[:n], to); err != nil {
				return err
			}
		}
		rest = bytes.TrimLeft(rest[n:], space)
	}
	return errObject
}

const space = " \t\r\n"

// valueLength returns the length in bytes of the value at the start of a text, 0 for one
// without an end.
func valueLength(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			n := stringLength(text[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return 0
			}
		default:
			if depth > 0 {
				continue
			}
			n := bytes.IndexAny(text[i:], ",]}"+space) // a number, true, false or null
			if n < 0 {
				return 0
			}
			return i + n
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// stringLength is valueLength of a string.
func stringLength(text []byte) int {
	for i := 1; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return 0
		}
		i += n + 1
		escapes := 0
		for text[i-2-escapes] == '\\' { // ends at the first quote
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}
