package container

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/kernel"
	"nstools/internal/target"
)

// A proof is what a process has to have in order to be the one that was found: not more
// than its number may be left of that one.
type proof struct {
	start   uint64 // ticks since boot, field 22 of /proc/PID/stat; 0: not known
	within  string // part of the name of a cgroup that it is in; "": not known
	comm    string // its name
	net     inode  // its network namespace, where ino is not 0
	scanned bool   // it was found by its cgroup, and no file has told of it
}

// An inode is the same for two files where they are one namespace.
type inode struct{ dev, ino uint64 }

// A Process is held, or at least looked at, by its directory below /proc.
type Process interface {
	ReadFile(name string, limit int) ([]byte, error)
	Stat(name string) (unix.Stat_t, error)
	OpenFile(name string, flags int) (int, error)
}

// Bounds of what is read of a process. A cgroup's path has PATH_MAX bytes at most, and
// there may be a dozen hierarchies.
const (
	statMax   = 4096
	cgroupMax = 1 << 16
)

// Check tells whether a process is the one that was found, and has not ended. The error
// is a *target.MismatchError, or that of a file that could not be read.
func (f *Found) Check(p Process) error {
	text, err := p.ReadFile("stat", statMax)
	if err != nil {
		return err
	}
	s, ok := parseStat(string(text))
	switch {
	case !ok || s.state == 'Z' || s.state == 'X':
		return f.mismatch("has ended")
	case f.proof.start != 0 && s.start != f.proof.start:
		return f.mismatch("has started at another time than " + f.Label())
	case f.proof.comm != "" && s.comm != f.proof.comm:
		return f.mismatch("has another name by now")
	}
	if f.proof.within != "" && f.proof.start == 0 {
		cgroup, err := p.ReadFile("cgroup", cgroupMax)
		if err != nil {
			return err
		}
		if !within(string(cgroup), f.proof.within) {
			return f.mismatch("is in no cgroup of " + f.Label())
		}
	}
	if f.proof.net.ino != 0 {
		st, err := p.Stat("ns/net")
		if err != nil {
			return err
		}
		if f.proof.net != (inode{uint64(st.Dev), st.Ino}) {
			return f.mismatch("has left " + f.Label())
		}
	}
	return f.checkOwner(p)
}

func (f *Found) mismatch(text string) error {
	return &target.MismatchError{Text: "process " + strconv.Itoa(f.PID) + " " + text}
}

// checkOwner refuses processes that an ordinary user has no right to call a container of
// his: a file of his may name any. His are those that have his id, and those whose user
// namespace he has made, see NS_GET_OWNER_UID in ioctl_ns(2).
func (f *Found) checkOwner(p Process) error {
	if f.Owner == 0 || int(f.Owner) == os.Geteuid() || f.Runtime == Unit { // units of a session are root's in part
		return nil
	}
	if st, err := p.Stat("."); err != nil || st.Uid == f.Owner {
		return err
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

// within tells whether one of the cgroups, or one above, is called as an id: by that
// alone, or, where no two ids are the same, with words around it.
func within(text, id string) bool {
	for _, c := range facts.ParseCgroups(text) {
		if isLongID(id) && strings.Contains(c.Path, id) || slices.Contains(strings.Split(c.Path, "/"), id) {
			return true
		}
	}
	return false
}

// running tells whether the process found is there now.
func (f *Found) running() bool { return f.PID > 0 && f.Check(procDir(f.PID)) == nil }

// procDir is a process by its number, to be looked at only.
type procDir int

func (p procDir) path(name string) string { return "/proc/" + strconv.Itoa(int(p)) + "/" + name }

// ReadFile reads a file of the process.
func (p procDir) ReadFile(name string, limit int) ([]byte, error) {
	return target.ReadFile(unix.AT_FDCWD, p.path(name), limit)
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

// A stat is what is needed of /proc/PID/stat; see proc_pid_stat(5).
type stat struct {
	comm  string
	state byte
	ppid  int
	start uint64 // ticks since boot
}

// parseStat reads the text of /proc/PID/stat. The name may hold anything but a NUL.
func parseStat(text string) (s stat, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return s, false
	}
	w := strings.Fields(text[end+1:])
	if len(w) < 20 {
		return s, false
	}
	s.comm, s.state = text[open+1:end], w[0][0]
	ppid, err1 := strconv.Atoi(w[1])
	start, err2 := strconv.ParseUint(w[19], 10, 64)
	s.ppid, s.start = ppid, start
	return s, err1 == nil && err2 == nil
}

func (p procDir) stat() (stat, bool) {
	text, err := p.ReadFile("stat", statMax)
	if err != nil {
		return stat{}, false
	}
	return parseStat(string(text))
}

// eachProcess goes through the processes that /proc shows, but for our own. It returns
// how many there were.
func eachProcess(do func(procDir)) (count int) {
	proc, err := os.Open("/proc")
	if err != nil {
		return 0
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return 0
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == os.Getpid() || kernel.IsPlanner() && pid == os.Getppid() {
			continue
		}
		do(procDir(pid))
		count++
	}
	return count
}

// scan finds the processes of what has a cgroup by a known name, once. The first one
// counts that still runs: what enters a container later is not of it.
func (c *Catalog) scan() {
	if c.scanned {
		return
	}
	c.scanned = true
	count := eachProcess(func(p procDir) {
		text, err := p.ReadFile("cgroup", cgroupMax)
		if err != nil {
			return
		}
		f, ok := inCgroup(string(text))
		if !ok {
			return
		}
		known := c.known(&f)
		if known == nil || known.Owner != f.Owner && known.checkOwner(p) != nil {
			known = c.add(f)
		} else if known.PID != 0 && !known.proof.scanned {
			return // a file has told
		}
		s, ok := p.stat()
		if !ok || s.state == 'Z' || known.PID != 0 && known.proof.start <= s.start {
			return
		}
		known.PID, known.proof = int(p), proof{start: s.start, scanned: true}
	})
	c.nameByMonitors()
	c.looked = append(c.looked, looked{place: "the cgroups of " + strconv.Itoa(count) + " processes"})
}
