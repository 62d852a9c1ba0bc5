// Package ns is the one table of the eight kinds of Linux namespaces. Parsing, persistence,
// order of entry and explanations all read it, so that letters, flags and file names agree
// everywhere.
package ns

import (
	"slices"

	"golang.org/x/sys/unix"
)

// A Kind is one kind of namespace.
// See: namespaces(7).
type Kind struct {
	Letter       byte   // short option of unshare(1) and nsenter(1)
	Option       string // long option, without dashes
	Flag         uintptr
	Clone        string // the flag's name
	File         string // link below /proc/PID/ns that shows the namespace of PID
	ChildrenFile string // link that shows the namespace made by unshare(2), which for pid and time only children enter
	Limit        string // file below /proc/sys/user with the limit of namespaces(7)
}

// The indices of the kinds in Kinds.
const (
	User = iota
	Cgroup
	IPC
	UTS
	Net
	PID
	Mount
	Time
)

// Kinds lists every kind in the order in which they are entered and bound: the user
// namespace first, because it gives the capabilities that the rest need, and the mount
// namespace late, because it hides the caller's files.
var Kinds = [...]Kind{
	User:   {'U', "user", unix.CLONE_NEWUSER, "CLONE_NEWUSER", "user", "user", "max_user_namespaces"},
	Cgroup: {'C', "cgroup", unix.CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "cgroup", "cgroup", "max_cgroup_namespaces"},
	IPC:    {'i', "ipc", unix.CLONE_NEWIPC, "CLONE_NEWIPC", "ipc", "ipc", "max_ipc_namespaces"},
	UTS:    {'u', "uts", unix.CLONE_NEWUTS, "CLONE_NEWUTS", "uts", "uts", "max_uts_namespaces"},
	Net:    {'n', "net", unix.CLONE_NEWNET, "CLONE_NEWNET", "net", "net", "max_net_namespaces"},
	PID:    {'p', "pid", unix.CLONE_NEWPID, "CLONE_NEWPID", "pid", "pid_for_children", "max_pid_namespaces"},
	Mount:  {'m', "mount", unix.CLONE_NEWNS, "CLONE_NEWNS", "mnt", "mnt", "max_mnt_namespaces"},
	Time:   {'T', "time", unix.CLONE_NEWTIME, "CLONE_NEWTIME", "time", "time_for_children", "max_time_namespaces"},
}

// IndexOfFile returns the index in Kinds of a link below /proc/PID/ns, such as "mnt"; -1
// for an unknown one.
func IndexOfFile(file string) int {
	return slices.IndexFunc(Kinds[:], func(k Kind) bool { return k.File == file })
}

// Pod has the flags of the kinds that all containers of a Kubernetes pod share with the
// process that keeps them.
const Pod = unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// NetDir is where ip-netns(8) keeps names of network namespaces.
const NetDir = "/run/netns"
