// Package facts describes the caller and the system's account files as plain
// values, and reads the names of signals.
//
// Parsing is apart from reading: the functions here take the text of
// /etc/passwd, /etc/group, /etc/subuid or /etc/subgid, however malformed.
// Lines end in a newline only, as in the C library: a carriage return is part
// of the last field. Where lines contradict each other the first one wins.
package facts
