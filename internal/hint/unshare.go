package hint

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/idmap"
	"nstools/internal/kernel"
	"nstools/internal/ns"
)

const (
	capSysChroot = unix.CAP_SYS_CHROOT
	capSysAdmin  = unix.CAP_SYS_ADMIN
)

// hasCap reports whether a capability is effective. See: proc_pid_status(5).
func (h Host) hasCap(n uint) (has, known bool) {
	set, err := strconv.ParseUint(h.status("CapEff"), 16, 64)
	return set>>n&1 != 0, err == nil
}

func (h Host) capability(f kernel.Failure, n uint, name string) string {
	has, known := h.hasCap(n)
	if f.Errno != unix.EPERM || !known || has {
		return ""
	}
	if entered(f) {
		return h.lacksCapability(name)
	}
	around := "add --map-root-user for a user namespace in which you have it"
	if why := h.whyNoUserNamespace(); why != "" {
		around = "a user namespace is no way around: " + why
	}
	if h.EUID == 0 {
		return h.rootLacks(name) + "; " + around
	}
	if strings.HasPrefix(around, "add") {
		around = "or " + around
	}
	return "this needs " + name + ": be root, " + around
}

// rootLacks returns the hint for a capability that root lacks.
func (h Host) rootLacks(name string) string {
	if name == "CAP_SYS_ADMIN" {
		return "root lacks " + name + " here, as in most containers"
	}
	return "root lacks " + name + " here"
}

// unshare explains unshare(2). See: ERRORS in unshare(2).
func (h Host) unshare(f kernel.Failure) string {
	flags := arg(f, 0)
	switch f.Errno {
	case unix.EPERM:
		if hasFlag(flags, "CLONE_NEWUSER") {
			return h.userNamespaceRefused()
		}
		return h.capability(f, capSysAdmin, "CAP_SYS_ADMIN")
	case unix.ENOSPC, unix.EUSERS:
		return h.limit(flags)
	case unix.EINVAL:
		return h.invalid(f, flags)
	}
	return ""
}

func (h Host) userNamespaceRefused() string {
	if h.EUID != 0 && h.sysctl("kernel.unprivileged_userns_clone") == "0" {
		return "unprivileged user namespaces are off (kernel.unprivileged_userns_clone=0); as root: sysctl kernel.unprivileged_userns_clone=1"
	}
	if h.chrooted() {
		return "the root directory is not that of the mount namespace (chroot), and Linux then makes no user namespace; enter it with pivot_root instead (gounshare --pivot-root)"
	}
	for _, id := range [...]struct{ field, file string }{{"Uid", "uid_map"}, {"Gid", "gid_map"}} {
		if n, ok := h.effective(id.field); ok && !h.mapped(id.file, n) {
			return "your effective " + strings.ToLower(id.field) + " " + strconv.FormatUint(n, 10) + " is not mapped in the user namespace you are in (/proc/self/" + id.file + "), and Linux then makes no other; give the outer one a map (--map-root-user)"
		}
	}
	return ""
}

// chrooted reports whether / is certainly not the root of the mount namespace: it is not a
// mount point.
func (h Host) chrooted() bool {
	if h.Proc != nil {
		return h.inChroot
	}
	mounts := h.mounts()
	for _, m := range mounts {
		if m.Point == "/" {
			return false
		}
	}
	_, ok := h.read("/proc/self/mountinfo")
	return ok
}

// effective returns the second number of Uid: or Gid: in /proc/self/status.
func (h Host) effective(field string) (uint64, bool) {
	ids := strings.Fields(h.status(field))
	if len(ids) < 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(ids[1], 10, 32)
	return n, err == nil
}

// mapped reports whether an id exists in the user namespace of this process. An id that is
// shown as the overflow id does not exist there.
func (h Host) mapped(file string, id uint64) bool {
	text, ok := h.read("/proc/self/" + file)
	if !ok {
		return true
	}
	for _, e := range idmap.Identity(text) {
		if first := uint64(e.Inner); id >= first && id < first+uint64(e.Count) {
			return true
		}
	}
	return false
}

// hasFlag reports whether flags in strace's notation contain a flag.
func hasFlag(flags, flag string) bool { return slices.Contains(strings.Split(flags, "|"), flag) }

// limit returns the hint for a limit of namespaces(7) that is used up. The kernel does not
// show the count in use, so that a limit above 0 is certain only where it is the only one.
func (h Host) limit(flags string) string {
	var asked []string
	for _, k := range ns.Kinds {
		if !hasFlag(flags, k.Clone) {
			continue
		}
		value := h.sysctl("user." + k.Limit)
		if value == "0" {
			return "no " + k.Option + " namespaces are allowed here (user." + k.Limit + "=0); as root of this user namespace: sysctl user." + k.Limit + "=1024"
		}
		asked = append(asked, "user."+k.Limit+"="+value)
	}
	if len(asked) == 0 {
		return ""
	}
	return "the limit of namespaces is reached, here or in an outer user namespace, or user namespaces are nested 32 deep (" + strings.Join(asked, ", ") + ")"
}

func (h Host) invalid(f kernel.Failure, flags string) string {
	for _, k := range ns.Kinds {
		if hasFlag(flags, k.Clone) && h.link("/proc/self/ns/user") != "" && h.link("/proc/self/ns/"+k.File) == "" {
			return "this kernel has no " + k.Option + " namespaces (/proc/self/ns/" + k.File + " is missing)"
		}
	}
	if hasFlag(flags, "CLONE_NEWPID") && f.PIDForChildren {
		return "this process has made a PID namespace for its children already (unshare --pid without --fork), and Linux gives it no second one; use --fork with the first"
	}
	if f.Threaded && hasFlag(flags, "CLONE_NEWUSER") {
		return "a process with threads makes no user namespace, and on this architecture, or under an emulator such as qemu-user, this program has some; see doc.go of its internal/kernel"
	}
	return ""
}

// setgroups explains why --setgid or --owner cannot drop the supplementary groups.
func (h Host) setgroups(f kernel.Failure) string {
	if word, _ := h.read("/proc/self/setgroups"); f.Errno == unix.EPERM && word == "deny" {
		if entered(f) {
			return "setgroups(2) is denied in this user namespace (/proc/self/setgroups); add --preserve-credentials, which leaves ids and groups alone"
		}
		return "setgroups(2) is denied in this user namespace (/proc/self/setgroups): by --setgroups=deny, or by a gid map written without privilege, which --map-groups avoids"
	}
	if text, ok := h.read("/proc/self/gid_map"); f.Errno == unix.EPERM && ok && strings.TrimSpace(text) == "" {
		if entered(f) {
			return "no gid is mapped in this user namespace (/proc/self/gid_map is empty); add --preserve-credentials, which leaves ids and groups alone"
		}
		return "no gid is mapped in this user namespace (/proc/self/gid_map is empty); add --map-groups"
	}
	return h.changeOfID(f, unix.CAP_SETGID, "CAP_SETGID")
}

// changeOfID explains why ids or groups could not be changed. A map of the caller's own id,
// which --map-root-user makes, does not help.
func (h Host) changeOfID(f kernel.Failure, n uint, name string) string {
	has, known := h.hasCap(n)
	switch {
	case f.Errno != unix.EPERM || !known || has:
		return ""
	case h.EUID == 0:
		return "root lacks " + name + " here"
	case entered(f):
		return "this needs " + name + ": be root"
	}
	if f.Option == "--owner" { // the plan makes namespaces later
		return "this needs " + name + ": be root"
	}
	return "this needs " + name + ": be root, or add --map-users=auto --map-groups=auto for a user namespace with more ids than yours"
}

func (h Host) setuid(f kernel.Failure) string {
	if hint := h.unmapped(f, "uid"); hint != "" {
		return hint
	}
	return h.changeOfID(f, unix.CAP_SETUID, "CAP_SETUID")
}

func (h Host) setgid(f kernel.Failure) string {
	if hint := h.unmapped(f, "gid"); hint != "" {
		return hint
	}
	return h.changeOfID(f, unix.CAP_SETGID, "CAP_SETGID")
}

func (h Host) unmapped(f kernel.Failure, kind string) string {
	id, err := strconv.ParseUint(arg(f, 0), 10, 32)
	file := kind + "_map"
	if f.Errno == unix.EINVAL && err == nil && !h.mapped(file, id) {
		return kind + " " + arg(f, 0) + " is not mapped in this user namespace (/proc/self/" + file + ")"
	}
	return ""
}
