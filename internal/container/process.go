package container

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/kernel"
	"nstools/internal/proc"
	"nstools/internal/target"
)

// A proof is what a process needs to be the one that was found: its number may be another's
// by now.
type proof struct {
	start      uint64   // ticks since boot, field 22 of /proc/PID/stat; 0 if unknown
	cgroup     string   // part of the name of a cgroup that it is in; "" if unknown
	cgroups    []string // cgroups that its state file names, to tell it from what is below
	comm       string   // its name
	fromCgroup bool     // its cgroup has shown it, and no file
}

// A Process is read by its directory below /proc, which may be held.
type Process interface {
	ReadFile(name string, limit int) ([]byte, error)
	Stat(name string) (unix.Stat_t, error)
	OpenFile(name string, flags int) (int, error)
}

// Limits of what is read of a process, in bytes. A cgroup's path has PATH_MAX bytes at
// most, and there may be a dozen hierarchies.
const (
	statMax   = 4096
	cgroupMax = 1 << 16
)

// Check checks that a process is the one that was found, and still runs.
// Errors: *target.MismatchError, or an error of reading a file.
func (f *Found) Check(p Process) error { return f.check(p, nil) }

// check is Check with the cgroups of a catalog, or nil.
func (f *Found) check(p Process, open func() *tree) error {
	text, err := p.ReadFile("stat", statMax)
	if err != nil {
		return err
	}
	s, ok := proc.ParseStat(string(text))
	switch {
	case !ok || s.State == 'Z' || s.State == 'X':
		return f.mismatch("has ended")
	case f.proof.start != 0 && s.Start != f.proof.start && s.Start-bootOffset() != f.proof.start:
		return f.mismatch("has started at another time than " + f.Label())
	case f.proof.start == 0 && f.proof.cgroup == "" && f.proof.comm == "":
		return f.mismatch("may be another one by now") // its start time is unknown
	case f.proof.comm != "" && s.Comm != f.proof.comm:
		return f.mismatch("has another name by now")
	}
	if f.proof.cgroup != "" && f.proof.start == 0 {
		cgroup, err := p.ReadFile("cgroup", cgroupMax)
		if err != nil {
			return err
		}
		t := (*tree)(nil)
		if open != nil {
			t = open()
		} else {
			t = openTree(uint32(os.Geteuid()))
			defer t.close()
		}
		if !t.within(string(cgroup), f) {
			return f.mismatch("is in no cgroup of " + f.Label())
		}
	}
	return f.checkOwner(p)
}

// bootOffset returns what the caller's time namespace adds to the start times of processes,
// in the ticks of /proc/PID/stat: the kernel shows them by the reader's clock, and the
// runtime has noted them by its own.
func bootOffset() uint64 {
	var own, made unix.Stat_t
	// timens_offsets shows the offsets of the children.
	if unix.Stat(procPath+"/self/ns/time", &own) != nil || unix.Stat(procPath+"/self/ns/time_for_children", &made) != nil || own.Ino != made.Ino {
		return 0
	}
	for line := range strings.Lines(string(readSystemFile(procPath + "/self/timens_offsets"))) {
		if w := strings.Fields(line); len(w) == 3 && w[0] == "boottime" {
			seconds, err1 := strconv.ParseInt(w[1], 10, 64)
			nanoseconds, err2 := strconv.ParseInt(w[2], 10, 64)
			if err1 != nil || err2 != nil {
				return 0
			}
			const hertz = 100 // USER_HZ
			return uint64(seconds*hertz + nanoseconds/(1e9/hertz))
		}
	}
	return 0
}

func (f *Found) mismatch(text string) error {
	return &target.MismatchError{Text: "process " + strconv.Itoa(f.PID) + " " + text}
}

// checkOwner refuses processes that an ordinary user has no right to call an own container:
// that user's file may name any. Own ones are in a user namespace that the user has made,
// or have the user's id and share the caller's mounts.
// See: NS_GET_OWNER_UID in ioctl_ns(2).
func (f *Found) checkOwner(p Process) error {
	if f.Owner == 0 || int(f.Owner) == os.Geteuid() || f.proof.fromCgroup && f.Runtime == Unit {
		return nil // units of a session are root's in part
	}
	if uid, ok := uidOf(p); ok && uid == f.Owner && sharesMounts(p) {
		return nil // in root's container, where that user may be as well, the mounts are others
	}
	fd, err := p.OpenFile("ns/user", unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if uid, err := unix.IoctlGetUint32(fd, unix.NS_GET_OWNER_UID); err != nil || uid != f.Owner {
		return f.mismatch("does not belong to uid " + strconv.FormatUint(uint64(f.Owner), 10) + ", who calls it " + f.Label())
	}
	return nil
}

// sharesMounts reports whether a process is in the caller's mount namespace.
func sharesMounts(p Process) bool {
	var own unix.Stat_t
	st, err := p.Stat("ns/mnt")
	return err == nil && unix.Stat(procPath+"/self/ns/mnt", &own) == nil && own.Ino == st.Ino && own.Dev == st.Dev
}

// within reports whether one of a process's cgroups, or one above, has the name of the
// proof, by the record's owner. A unique id may have words around it. Everything below the
// cgroup of another container is that container's.
func (t *tree) within(text string, f *Found) bool {
	for _, c := range proc.ParseCgroups(text) {
		h, parts, ok := t.locate(c)
		if !ok {
			continue
		}
		n := depthOf(parts, f.proof.cgroup)
		if n == 0 {
			continue
		}
		if e := t.owner(h, parts[:n]); !e.nobody && e.uid == f.Owner {
			return true
		}
	}
	return false
}

// depthOf returns how many parts of a path there are through the first that has an id, 0
// without one or below another container.
func depthOf(parts []string, id string) int {
	for i, part := range parts {
		if part == id || isLongID(id) && strings.Contains(part, id) {
			return i + 1
		}
		if _, ok := containerOf(parts[:i], part); ok {
			return 0
		}
	}
	return 0
}

// running reports whether the process found is there now. The process of a container that
// is created, but not started, is still the runtime's own.
func (f *Found) running(c *Catalog) bool {
	return f.PID > 0 && !f.created && f.check(c.process(f.PID), c.openTree) == nil
}

// A procDir is a process by its number, which is read without being held.
type procDir struct {
	proc string // where proc is mounted
	pid  int    // 0 for the caller
}

const procPath = "/proc"

func (p procDir) path(name string) string {
	if p.pid == 0 {
		return p.proc + "/self/" + name
	}
	return p.proc + "/" + strconv.Itoa(p.pid) + "/" + name
}

// sibling returns another process that the same proc shows.
func (p procDir) sibling(pid int) procDir { return procDir{p.proc, pid} }

// process returns a process by its number.
func (c *Catalog) process(pid int) procDir { return procDir{c.proc, pid} }

// ReadFile reads a file of the process.
func (p procDir) ReadFile(name string, limit int) ([]byte, error) {
	return proc.ReadFile(unix.AT_FDCWD, p.path(name), limit)
}

// OpenFile opens a file of the process, close-on-exec.
func (p procDir) OpenFile(name string, flags int) (int, error) {
	return unix.Open(p.path(name), flags|unix.O_CLOEXEC, 0)
}

// Stat is stat(2) of a file of the process.
func (p procDir) Stat(name string) (st unix.Stat_t, err error) {
	err = unix.Stat(p.path(name), &st)
	return st, err
}

// fieldsOf returns the words of a field of /proc/PID/status.
func fieldsOf(text, name string) []string { return strings.Fields(proc.Field(text, name)) }

func (p procDir) stat() (proc.Stat, bool) {
	text, err := p.ReadFile("stat", statMax)
	if err != nil {
		return proc.Stat{}, false
	}
	return proc.ParseStat(string(text))
}

// eachProcess calls a function for each process that /proc shows, except the caller and its
// planner.
func eachProcess(do func(procDir)) {
	dir, err := files.OpenDir("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	pids, _ := proc.Processes(dir)
	for _, pid := range pids {
		if pid != os.Getpid() && !(kernel.IsPlanner() && pid == os.Getppid()) {
			do(procDir{procPath, pid})
		}
	}
}
