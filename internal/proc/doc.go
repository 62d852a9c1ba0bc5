// Package proc reads the files of proc(5): status, stat, cgroup, mountinfo and fdinfo.
//
// It knows their layout, and reads up to the limits that it is given. A process is held by
// package target.
package proc
