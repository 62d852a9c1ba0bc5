package inventory

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/proc"
)

// processFiles are the files of a process while it is read. They are opened from its
// directory, which stays the same process even if its number gets a new owner.
type processFiles struct {
	pid  int
	dir  int // /proc/PID/ns
	info *Process
}

// process reads what a table shows of the process, once.
func (p *processFiles) process(belongs func(pid int, cgroup string) Belonging) Process {
	if p.info != nil {
		return *p.info
	}
	p.info = &Process{PID: p.pid, Command: p.command()}
	var st unix.Stat_t
	if unix.Fstatat(p.dir, "..", &st, 0) == nil {
		p.info.UID = st.Uid
	}
	p.info.Belonging = belongs(p.pid, p.read("cgroup", cgroupMax))
	return *p.info
}

// Limits of what is read of a process, in bytes. Command lines are cut there. The others
// reach the limit only by an attack.
const (
	commandMax = 4 << 10
	cgroupMax  = 64 << 10
	mountsMax  = 16 << 20
)

func (p *processFiles) command() string {
	if line := strings.TrimRight(p.read("cmdline", commandMax), "\x00"); line != "" {
		return strings.ReplaceAll(line, "\x00", " ")
	}
	return strings.TrimSuffix(p.read("comm", commandMax), "\n") // a kernel thread, or a zombie
}

// read returns the beginning of a file of the process, up to a limit.
func (p *processFiles) read(name string, limit int) string { return readAt(p.dir, "../"+name, limit) }

// readAt returns the beginning of a file, up to a limit, as far as it can be read.
func readAt(dir int, name string, limit int) string {
	text, _ := proc.ReadBeginning(dir, name, limit)
	return string(text)
}
