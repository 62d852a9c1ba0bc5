package netns

import (
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/kernel"
)

// treesMax is how many mounts below /sys the short way can clone.
const treesMax = 24

// trees holds these mounts. It is a package variable to keep the stack small.
var trees [treesMax]kernel.Tree

// These begin the messages of exec, on the short way and on the long one.
const (
	enterFailedPrefix = `setting the network namespace "`
	makeSlaveFailed   = `"mount --make-rslave /" failed`
	sysfsFailed       = "/sys stays that of the former network namespace: mount of /sys failed"
)

// Sketch is Enter on the short way, without a runtime. It returns false where the planner is
// needed. A NUL stands behind name.
func Sketch(s *kernel.Sketch, name string) bool {
	if len(name) == 0 || len(name) > unix.NAME_MAX || name == "." || name == ".." {
		return false
	}
	for n := range len(name) {
		if name[n] == '/' {
			return false
		}
	}
	fd := s.OpenNamespace(s.Text(Dir, "/", name))
	if fd == kernel.None || s.NamespaceKind(fd) != unix.CLONE_NEWNET {
		return false
	}
	if !s.IsAbsent(s.Text("/etc/netns/", name, "")) {
		return false
	}
	flags, ok := s.MountFlags(kernel.Ended("/sys\x00"))
	count, known := sketchSysMounts(s)
	if !ok || !known {
		return false
	}
	s.For(s.Text("exec ", name, ""))
	s.Setns(fd, enterFailedPrefix, name, "\" failed", iproute.StatusUsage)
	s.UnshareMounts(iproute.StatusUsage)
	s.Enslave(kernel.Ended("/\x00"), makeSlaveFailed, iproute.StatusUsage)
	s.For("/sys")
	s.Sysfs(name, flags&unix.ST_RDONLY != 0, slotContext, slotSys, sysfsFailed, trees[:count])
	return true
}

// sketchSysMounts is cloneSysMounts on the short way: it clones the topmost mounts below /sys.
// It returns false for more than treesMax.
func sketchSysMounts(s *kernel.Sketch) (count int, ok bool) {
	text, ok := s.Read(kernel.Ended("/proc/self/mountinfo\x00"))
	if !ok {
		return 0, false
	}
	for begin := 0; begin < len(text); {
		end := begin
		for end < len(text) && text[end] != '\n' {
			end++
		}
		point := mountPoint(text[begin:end])
		begin = end + 1
		if point == "" {
			continue
		}
		if count, ok = addMountPoint(s, count, point); !ok {
			return 0, false
		}
	}
	kept := 0
	for n := range trees[:count] {
		if fd := s.CloneTree(trees[n].Path.String()); fd != kernel.None {
			trees[kept].FD, trees[kept].Path = fd, trees[n].Path
			kept++
		}
	}
	return kept, true
}

// mountPoint returns the fifth word of a line of mountinfo, if that is below /sys and has no
// escape or tab, and otherwise "".
func mountPoint(line string) string {
	const prefix = "/sys/"
	at := 0
	for range 4 {
		for at < len(line) && line[at] != ' ' {
			at++
		}
		at++
	}
	end := at
	for end < len(line) && line[end] != ' ' {
		if line[end] == '\\' || line[end] == '\t' {
			return ""
		}
		end++
	}
	if end >= len(line) || end-at <= len(prefix) || line[at:at+len(prefix)] != prefix {
		return ""
	}
	return line[at:end]
}

// addMountPoint adds a mount point in byte order, and keeps only the topmost ones.
func addMountPoint(s *kernel.Sketch, count int, point string) (int, bool) {
	index := count
	for n := count - 1; n >= 0; n-- {
		other := trees[n].Path.String()
		switch {
		case other == point || isBelow(point, other):
			return count, true
		case isBelow(other, point):
			copy(trees[n:count], trees[n+1:count])
			count--
			index--
		case isLess(point, other):
			index = n
		}
	}
	if count >= treesMax {
		return 0, false
	}
	copy(trees[index+1:count+1], trees[index:count])
	trees[index].Path = kernel.CharsOf(s.Text(point, "", ""))
	return count + 1, true
}

func isBelow(path, dir string) bool {
	return len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}

// isLess compares strings without a function of the runtime.
func isLess(a, b string) bool {
	for n := range min(len(a), len(b)) {
		if a[n] != b[n] {
			return a[n] < b[n]
		}
	}
	return len(a) < len(b)
}
