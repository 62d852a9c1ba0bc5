package hint

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/proc"
)

func (h Host) mounts() []proc.Mount {
	text, _ := h.read("/proc/self/mountinfo")
	return proc.ParseMounts(text)
}

// mountAt returns the mount that a path is on: of those with the longest mount point the last.
func (h Host) mountAt(file string) (proc.Mount, bool) {
	var best proc.Mount
	for _, m := range h.mounts() {
		if m.Point == "/" || m.Point == file || strings.HasPrefix(file, m.Point+"/") {
			if len(m.Point) >= len(best.Point) {
				best = m
			}
		}
	}
	return best, best.Point != ""
}

func (h Host) mount(f kernel.Failure) string {
	source, target, kind := arg(f, 0), arg(f, 1), arg(f, 2)
	switch {
	case kind == "proc" && f.Errno == unix.EPERM:
		return h.procRefused(f)
	case kind == "proc" && f.Errno == unix.ENOENT:
		if _, err := h.stat(h.absolute(target)); errors.Is(err, fs.ErrNotExist) {
			return "there is no directory " + target + " in this root, on which a proc could be mounted; make one there"
		}
		return ""
	case entered(f) && source == "none" && target == "/" && f.Errno == unix.EINVAL && h.chrooted():
		return "the root directory is no mount point (chroot), so that what is mounted could show outside"
	case source == "none" && target == "/" && f.Errno == unix.EINVAL:
		if h.chrooted() {
			return "the root directory is no mount point (chroot), and has no propagation to change; add --propagation unchanged"
		}
		return ""
	case kind == "binfmt_misc" && f.Errno == unix.EPERM:
		return "" // no file shows the reason
	case kind == "binfmt_misc" && f.Errno == unix.ENODEV:
		return "this kernel has no binfmt_misc, or its module is not loaded"
	case strings.HasPrefix(source, "/proc/") && strings.Contains(source, "/ns/"):
		return h.bindRefused(f, source, target)
	}
	return h.capability(f, capSysAdmin, "CAP_SYS_ADMIN")
}

// procRefused explains why Linux mounts no proc in a user namespace. The PID namespace
// belongs to another one, or the existing proc is partly covered, as by container runtimes.
// See: mount_too_revealing() in fs/namespace.c.
func (h Host) procRefused(f kernel.Failure) string {
	owns, known := h.Owns(h, "pid")
	if entered(f) && known && !owns {
		return "this PID namespace belongs to another user namespace than the one that was entered, and only there a proc of it can be mounted (--user-parent, if that is the parent)"
	}
	if f.PIDForChildren || known && !owns {
		return "a user namespace mounts proc only for a PID namespace of its own; add --pid --fork"
	}
	if _, there := h.read("/proc/self/mountinfo"); !there {
		return h.procUnseen(known && owns)
	}
	for _, m := range h.mounts() {
		if strings.HasPrefix(m.Point, "/proc/") && m.FSType != "binfmt_misc" && m.FSType != "autofs" {
			return "the proc around this is partly covered, at " + m.Point + ", and Linux then mounts no new one; the outer container has to leave /proc alone, e.g. docker run --security-opt systempaths=unconfined"
		}
	}
	return ""
}

// procUnseen returns the hint for a root from which no /proc can be reached. The first
// process of a PID namespace belongs to a plan that made it.
func (h Host) procUnseen(owns bool) string {
	if !owns && !h.First {
		return ""
	}
	return "there is no proc in these mounts, and only where there is one a user namespace may mount another; it has to be mounted while the old root is there (" +
		"--mount-proc beside --pivot-root)"
}

// bindRefused explains the bind of a namespace file.
func (h Host) bindRefused(f kernel.Failure, source, typed string) string {
	target := h.absolute(typed)
	switch f.Errno {
	case unix.ENOENT:
		if typed == "" {
			return "the name of the file is empty"
		}
		dir := path.Dir(target)
		if _, err := h.stat(target); err != nil {
			if _, err := h.stat(dir); err == nil {
				const hint = "the namespace is bound to a file that exists; make it first"
				if !isCommand(typed) {
					return hint
				}
				return hint + ": touch " + typed
			}
			return ""
		}
		if strings.HasSuffix(source, "_for_children") {
			return "the namespace is there once its first process is; add --fork"
		}
	case unix.EPERM:
		if has, known := h.hasCap(capSysAdmin); known && !has {
			return "a namespace is bound in the mount namespace of the caller, which needs CAP_SYS_ADMIN there; in mounts of your own it works: " + h.boundInside(f, typed)
		}
	case unix.EINVAL:
		if m, ok := h.mountAt(target); ok && m.Shared && strings.HasSuffix(source, "/ns/mnt") {
			dir := path.Dir(target)
			hint := "a mount namespace cannot be bound below a shared mount, and " + m.Point + " is one"
			if !isCommand(dir) {
				return hint
			}
			return hint + "; as root: mount --bind " + dir + " " + dir + " && mount --make-private " + dir
		}
	}
	return ""
}

// boundInside returns a command line that binds the namespace as the caller wanted it.
func (h Host) boundInside(f kernel.Failure, typed string) string {
	line := f.Name + " -rm"
	if option, _, several := strings.Cut(f.Option, " "); !several && isCommand(typed) && isCommand(f.Name) {
		return line + " " + f.Name + " " + option + "=" + typed
	}
	return line
}

func (h Host) pivot(f kernel.Failure) string {
	if h.Dir == "/" && (f.Errno == unix.EBUSY || f.Errno == unix.EINVAL) {
		return "the directory is the root that there is already; leave out " + f.Option + ", or give another"
	}
	if f.Errno != unix.EINVAL {
		return h.capability(f, capSysAdmin, "CAP_SYS_ADMIN")
	}
	for _, m := range h.mounts() {
		if m.Point == "/" && m.Shared {
			return "pivot_root(2) refuses shared mounts, and / is one; leave out --propagation shared or unchanged"
		}
		if m.Point == "/" && m.FSType == "rootfs" {
			return "pivot_root(2) cannot leave the initial root file system (rootfs); use --root"
		}
	}
	return ""
}
