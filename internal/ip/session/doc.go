// Package session is one start of gonetns, as its commands see it: the options in front of
// the object, the streams, the namespace of -netns, and the next ip on PATH.
//
// It knows the table of these options. It does not know objects and verbs.
package session
