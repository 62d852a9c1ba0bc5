package hint

import (
	"errors"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/plan"
)

// RefusedName explains a system call of gonetns that the kernel refused, "" without
// certainty. The cures differ from those for gounshare and gonsenter. args are the call's
// arguments.
func RefusedName(call string, err error, args ...string) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return ""
	}
	f := kernel.Failure{Call: call, Errno: errno, Args: args, Origin: plan.OriginName}
	h := ThisHost(false)
	if hint := h.filtered(f); hint != "" {
		return hint
	}
	return h.names(f)
}

// names explains a failure at the names of network namespaces.
func (h Host) names(f kernel.Failure) string {
	switch f.Errno {
	case unix.EROFS:
		return h.readOnly()
	case unix.ENOSPC, unix.EUSERS:
		if f.Call == "unshare" {
			return h.limit(arg(f, 0))
		}
	case unix.EPERM, unix.EACCES:
		return h.namesRefused(f)
	}
	return ""
}

// readOnly returns the hint where no name can be written.
func (h Host) readOnly() string {
	if _, err := h.stat(ns.NetDir); err != nil {
		on, ok := h.mountAt(path.Dir(ns.NetDir))
		if !ok {
			return ""
		}
		return "there is no " + ns.NetDir + ", and " + on.Point + " is mounted read-only: mount -t tmpfs none /run makes room, and hides what is in /run now"
	}
	on, ok := h.mountAt(ns.NetDir)
	if !ok {
		return ""
	}
	return on.Point + " is mounted read-only: mount -t tmpfs none " + ns.NetDir + " makes room for names"
}

// ownNames is a command that starts a shell with a /run of its own, for names.
const ownNames = "sh -c 'mount -t tmpfs none /run; exec sh'"

// namesRefused explains EPERM and EACCES, whose causes depend on the call.
func (h Host) namesRefused(f kernel.Failure) string {
	if h.EUID != 0 {
		const whose = "names in " + ns.NetDir + " are root's; "
		if why := h.whyNoUserNamespace(); why != "" {
			return whose + "a sandbox of one's own is no way around: " + why
		}
		return whose + "in a sandbox of one's own they can be made and used without: gounshare -Urnm " + ownNames
	}
	if has, known := h.hasCap(capSysAdmin); known && !has {
		return h.rootLacks("CAP_SYS_ADMIN") + "; the outer container has to grant it, e.g. docker run --cap-add SYS_ADMIN"
	}
	if h.Owns == nil {
		return ""
	}
	switch owns, known := h.Owns(h, "mnt"); {
	case f.Call == "setns":
		return "the namespace belongs to a user namespace outside of the one that you are in, where you have no CAP_SYS_ADMIN: be root there"
	case !known || f.Call == "unshare":
		return ""
	case !owns:
		return "the mounts here belong to a user namespace outside of the one that you are in; in a mount namespace of your own: gounshare -m " + ownNames
	case f.Errno == unix.EACCES && h.isOwnerUnmapped("/run"):
		return "/run belongs to nobody in this user namespace; mount -t tmpfs none /run puts one there that is yours"
	}
	return ""
}

// isOwnerUnmapped reports whether a directory belongs to a user who is not mapped here.
func (h Host) isOwnerUnmapped(dir string) bool {
	info, err := h.stat(dir)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	overflow := h.sysctl("kernel.overflowuid")
	return ok && overflow != "" && overflow == strconv.FormatUint(uint64(st.Uid), 10) && !h.mapped("uid_map", uint64(st.Uid))
}

// NoNames returns the hint where the directory of names does not exist. The name is the one
// that was asked for.
func NoNames(name string) string {
	const none = "there is no " + ns.NetDir + ": no namespace has a name yet"
	switch err := unix.Access("/run", unix.W_OK); {
	case err == unix.EROFS:
		return ThisHost(false).readOnly()
	case err != nil || os.Geteuid() != 0:
		if hint := RefusedName("mkdir", unix.EACCES); hint != "" {
			return none + "; " + hint
		}
		return none
	}
	add := "gonetns add NAME"
	if isCommand(name) {
		add = "gonetns add " + name
	}
	return none + " (" + add + " makes one)"
}

// RefusedByNetwork explains EPERM of rtnetlink(7) or nftables. own is true for a request about
// the network namespace of this process.
func RefusedByNetwork(own bool) string { return ThisHost(false).refusedByNetwork(own) }

func (h Host) refusedByNetwork(own bool) string {
	has, known := h.hasCap(unix.CAP_NET_ADMIN)
	switch {
	case !known:
	case !has && h.EUID == 0:
		return "root lacks CAP_NET_ADMIN here, as in most containers; the outer container has to grant it, e.g. docker run --cap-add NET_ADMIN"
	case !has:
		if why := h.whyNoUserNamespace(); why != "" {
			return "this needs CAP_NET_ADMIN: be root; a network namespace of one's own is no way around: " + why
		}
		return "this needs CAP_NET_ADMIN: be root, or have a network namespace of your own: gounshare -Urn"
	case own && h.Owns != nil:
		if owns, known := h.Owns(h, "net"); known && !owns {
			return "the network namespace belongs to a user namespace outside of the one that you are in, and CAP_NET_ADMIN is lacking there; have one of your own: gounshare -n"
		}
	}
	return ""
}

// shellWords has words that a shell interprets itself: builtin commands and keywords.
const shellWords = " . : alias bg bind break builtin case cd command compgen complete compopt continue declare dirs disown do done elif else enable esac eval exec exit export" +
	" fc fg fi for function getopts hash help history if in jobs let local logout mapfile popd pushd read readarray readonly return select set shift shopt source suspend" +
	" then times trap type typeset ulimit umask unalias unset until wait while { } [[ ]] ! "

// noProgram explains a command that was not found, "" without certainty.
func (h Host) noProgram(name string, entered bool) string {
	if word, _, several := strings.Cut(name, " "); several {
		if quoted, ok := inQuotes(name); ok && word != "" && (h.isProgram(word) || strings.ContainsAny(name, "><|;&$") || isShellWord(word)) {
			return "this is one word, and the name of no program; a shell takes it for a line: sh -c " + quoted
		}
		return ""
	}
	if isShellWord(name) {
		return name + " is a word of the shell, and no program; where it makes sense by itself: sh -c '" + name + " ...'"
	}
	if entered {
		return "" // the caller's aliases do not belong to that root
	}
	if file := h.alias(name); file != "" {
		return name + " is an alias of your shell's (" + file + "), and no program: give what it stands for"
	}
	return ""
}

func isShellWord(word string) bool { return strings.Contains(shellWords, " "+word+" ") }

func (h Host) isProgram(word string) bool {
	_, found := h.find(word)
	return found
}

// inQuotes returns a line as one word of a shell; false where that is hard to read.
func inQuotes(line string) (string, bool) {
	if strings.ContainsAny(line, "'\n") || len(line) > 200 {
		return "", false
	}
	return "'" + line + "'", true
}

// alias returns the file in which a shell finds an alias, "" without one.
func (h Host) alias(name string) string {
	if !isCommand(name) || h.Home == "" {
		return ""
	}
	for _, f := range []string{".bashrc", ".bash_aliases", ".zshrc", ".kshrc", ".profile"} {
		path := h.absolute(h.Home + "/" + f)
		text, _ := h.read(path)
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimSpace(line), "alias "+name+"=") {
				return path
			}
		}
	}
	return ""
}

// ReadOnlySysctls returns the hint where a sysctl of the network is on a read-only mount, ""
// for other errors.
func ReadOnlySysctls(err error) string {
	h := ThisHost(false)
	on, ok := h.mountAt("/proc/sys/net")
	if !errors.Is(err, unix.EROFS) || !ok {
		return ""
	}
	return on.Point + " is mounted read-only, as in most containers: mount -o remount,bind,rw " + on.Point + ", or a container that may do this (docker run --privileged)"
}
