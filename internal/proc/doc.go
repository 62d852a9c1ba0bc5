// Package proc reads what the files of proc(5) say: status, stat, cgroup, mountinfo and
// fdinfo.
//
// It knows their layout, and reads no more than it is told to. It does not know whose
// process it is, and holds none; package target does.
package proc
