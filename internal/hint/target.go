package hint

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/proc"
)

// Target explains why a file of /proc/PID could not be opened, "" without certainty.
// See: "Ptrace access mode checking" in ptrace(2).
func (h Host) Target(pid int, err error) string {
	number := strconv.Itoa(pid)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		return h.noTarget(number)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return h.targetRefused(number)
	}
	return ""
}

func (h Host) noTarget(pid string) string {
	own, ok := h.read("/proc/self/status")
	if !ok {
		return "proc is not mounted on /proc"
	}
	if _, ok := h.read("/proc/" + pid + "/status"); !ok {
		if len(strings.Fields(proc.Field(own, "NSpid"))) > 1 { // from the PID namespace of the mounted proc down to the namespace of this process
			return "there is no process " + pid + " in /proc, which shows an outer PID namespace: its numbers are meant"
		}
		return "there is no process " + pid + " in this PID namespace, or /proc hides it (mount option hidepid)"
	}
	return h.zombie(pid)
}

// zombie returns the hint for a process that has ended and still has its number.
func (h Host) zombie(pid string) string {
	if status, _ := h.read("/proc/" + pid + "/status"); strings.HasPrefix(proc.Field(status, "State"), "Z") {
		return "process " + pid + " has ended, and only waits for its parent to take notice (a zombie): it has no namespaces any more"
	}
	return ""
}

func (h Host) targetRefused(pid string) string {
	status, ok := h.read("/proc/" + pid + "/status")
	if !ok {
		return ""
	}
	target, err1 := strconv.ParseUint(proc.Field(status, "CapPrm"), 16, 64)
	own, err2 := strconv.ParseUint(h.status("CapPrm"), 16, 64)
	if err1 != nil || err2 != nil {
		return ""
	}
	uids := strings.Fields(proc.Field(status, "Uid"))
	if h.EUID != 0 && (len(uids) < 3 || uids[0] != strconv.Itoa(h.EUID) || uids[1] != uids[0] || uids[2] != uids[0]) {
		return "process " + pid + " does not belong to you but to uid " + strings.Join(uids[:min(len(uids), 1)], "") + "; be that user, or root"
	}
	if more := target &^ own; more != 0 {
		return "process " + pid + " has " + diag.Capabilities(more) + " and you have not (CapPrm in /proc/" + pid + "/status); it takes as many, or CAP_SYS_PTRACE over it"
	}
	return ""
}

// release returns the first two numbers of the kernel's release.
func (h Host) release() (major, minor int, ok bool) {
	first, rest, _ := strings.Cut(h.sysctl("kernel.osrelease"), ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return major, minor, err1 == nil && err2 == nil
}

// NamespaceID explains why a namespace cannot be opened by its id, "" without certainty.
func (h Host) NamespaceID(err error) string {
	if h.before(6, 19) {
		return "to enter namespaces by id takes Linux 6.19; this is " + h.sysctl("kernel.osrelease")
	}
	if errors.Is(err, unix.ESTALE) {
		return "there is no namespace of that id, or you may not see it"
	}
	return ""
}

// setns explains why a namespace could not be entered. The arguments are its name and its
// flag, or the number of the target.
func (h Host) setns(f kernel.Failure) string {
	flag := arg(f, 1)
	kind := kindOf(flag)
	switch f.Errno {
	case unix.ESRCH:
		if f.Why == plan.WhyTarget {
			return h.zombie(arg(f, 0))
		}
	case unix.EPERM:
		return h.setnsRefused(f, kind)
	case unix.EINVAL:
		if flag == "CLONE_NEWUSER" {
			return "this is the user namespace that you are in already, or no user namespace"
		}
		if flag == "CLONE_NEWPID" {
			return "this is no pid namespace, or not ours nor one below it: Linux lets a process only down the tree of PID namespaces"
		}
		return "this is no " + kind + " namespace"
	}
	return ""
}

// kindOf returns the file below /proc/PID/ns of the namespaces that a flag stands for.
func kindOf(clone string) string {
	for _, k := range ns.Kinds {
		if k.Clone == clone {
			return k.File
		}
	}
	return ""
}

// OutsideUser explains why a namespace is refused after the user namespace was entered. Its
// parts, and those of Unreachable, are also printed without a runtime.
func OutsideUser(kind string) [3]string {
	return [...]string{"this ", kind, " namespace belongs to a user namespace outside of the one that was entered: leave out its option, or be root"}
}

// Unreachable explains why a namespace is refused whose user namespace cannot be entered.
func Unreachable(kind string) [3]string {
	if kind == "user" {
		return [3]string{"this user namespace is not below yours, and Linux lets a process only down the tree of user namespaces: enter it from outside of yours"}
	}
	return [...]string{"this ", kind, " namespace belongs to a user namespace that is neither yours nor below yours, and no way leads there from inside: enter it from outside of yours"}
}

func (h Host) setnsRefused(f kernel.Failure, kind string) string {
	has, known := h.hasCap(capSysAdmin)
	roots, _ := h.hasCap(capSysChroot)
	switch {
	case kind == "user":
		return "you are not the owner of this user namespace, nor have you CAP_SYS_ADMIN in the one around it: be its owner, or root"
	case f.Why == plan.WhyCopyMounts: // by --tools, after the capability allowed other calls
		return "the mounts of the target belong to another user namespace than its own, and only there they can be copied (--user-parent, if that is the parent)"
	case f.Why == plan.WhyWithUser:
		parts := OutsideUser(kind)
		return strings.Join(parts[:], "")
	case known && !has:
		return h.lacksCapability("CAP_SYS_ADMIN")
	case known && !roots && kind == "mnt":
		return h.lacksCapability("CAP_SYS_CHROOT")
	}
	return ""
}

// lacksCapability returns the hint for a capability that is missing in namespaces of another
// process.
func (h Host) lacksCapability(name string) string {
	if h.EUID == 0 {
		return h.rootLacks(name)
	}
	return "this needs " + name + ": be root, or enter the user namespace that it belongs to as well (--user), if that is yours"
}
