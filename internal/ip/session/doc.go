// Package session holds one start of gonetns for its commands: the options in front of the
// object, the streams, the namespace of -netns, and the next ip on PATH.
//
// It knows the table of these options, but no objects and verbs.
package session
