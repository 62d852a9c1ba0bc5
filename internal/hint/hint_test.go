package hint

import (
	"encoding/binary"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/plan"
)

// host is a machine on which nothing is wrong, changed by "path=text" words; a
// path that ends in @ is a symbolic link, an empty text removes the file.
func host(changes ...string) Host {
	files := fstest.MapFS{}
	set := func(path, text string) {
		name, link := strings.CutSuffix(strings.TrimPrefix(path, "/"), "@")
		switch {
		case text == "":
			delete(files, name)
		case link:
			files[name] = &fstest.MapFile{Data: []byte(text), Mode: fs.ModeSymlink | 0o777}
		default:
			files[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o755}
		}
	}
	for _, kind := range []string{"user", "cgroup", "ipc", "uts", "net", "pid", "mnt", "time"} {
		set("/proc/self/ns/"+kind+"@", kind+":[1]")
	}
	set("/proc/self/ns/pid_for_children@", "pid:[1]")
	set("/proc/self/status", "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\nThreads:\t1\nCapEff:\t0000000000000000\nSeccomp:\t0\n")
	set("/proc/self/uid_map", "         0          0 4294967295\n")
	set("/proc/self/gid_map", "         0          0 4294967295\n")
	set("/proc/self/setgroups", "allow\n")
	set("/proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / /proc rw - proc proc rw\n")
	for _, c := range changes {
		path, text, _ := strings.Cut(c, "=")
		set(path, text)
	}
	euid := 1000
	if strings.Contains(strings.Join(changes, " "), "Uid:\t0\t") {
		euid = 0
	}
	return Host{FS: files, EUID: euid, Path: "/bin", Dir: "/home", Owns: func(Host, string) (bool, bool) { return true, true }, Probe: func(_ Host, _, _ string) (syscall.Errno, bool) {
		return unix.EPERM, strings.Contains(string(files["proc/self/status"].Data), "Seccomp:\t2")
	}}
}

const (
	allCaps   = "/proc/self/status=Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n"
	filtered  = "/proc/self/status=Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t2\n"
	noChroot  = "/proc/self/status=Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t000001fffffbffff\nSeccomp:\t0\n"
	noSetfcap = "/proc/self/status=Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\nSeccomp:\t0\n"
	procMount = "2 1 0:2 / /proc rw - proc proc rw\n"
)

func TestHint(t *testing.T) {
	elf := elfHead("/lib/ld")
	for _, test := range []struct {
		host  Host
		errno syscall.Errno
		call  string
		args  string
		want  string // a part of the hint; "" for none
	}{
		{host(), unix.EPERM, "unshare", "CLONE_NEWNET", "CAP_SYS_ADMIN"},
		{host(allCaps), unix.EPERM, "unshare", "CLONE_NEWNET", ""},
		{host(filtered), unix.EPERM, "unshare", "CLONE_NEWNET", "Seccomp: 2"},
		{host(filtered), unix.EPERM, "unshare", "CLONE_NEWUSER", "Seccomp: 2"},
		{host(), unix.EPERM, "unshare", "CLONE_NEWUSER", ""},
		{host("/proc/sys/kernel/unprivileged_userns_clone=0\n"), unix.EPERM, "unshare", "CLONE_NEWUSER", "kernel.unprivileged_userns_clone=0"},
		{host("/proc/sys/kernel/unprivileged_userns_clone=1\n"), unix.EPERM, "unshare", "CLONE_NEWUSER", ""},
		{host("/proc/self/mountinfo=" + procMount), unix.EPERM, "unshare", "CLONE_NEWUSER", "chroot"},
		{host("/proc/self/uid_map=0 5 1\n"), unix.EPERM, "unshare", "CLONE_NEWUSER", "uid 1000 is not mapped"},
		{host("/proc/self/gid_map=0 5 1\n"), unix.EPERM, "unshare", "CLONE_NEWUSER", "gid 100 is not mapped"},
		{host("/proc/sys/user/max_net_namespaces=0\n"), unix.ENOSPC, "unshare", "CLONE_NEWNS|CLONE_NEWNET", "user.max_net_namespaces=0"},
		{host("/proc/sys/user/max_mnt_namespaces=5\n"), unix.ENOSPC, "unshare", "CLONE_NEWNS", "max_mnt_namespaces=5"},
		{host("/proc/self/ns/time@="), unix.EINVAL, "unshare", "CLONE_NEWTIME", "no time namespaces"},
		{host(), unix.EINVAL, "unshare", "CLONE_NEWPID", ""},
		{host("/proc/self/status=Threads:\t5\n"), unix.EINVAL, "unshare", "CLONE_NEWUSER", ""},
		{host(), unix.EPERM, "mount", "/proc/1/ns/uts /f NULL", "mount namespace of the caller"},
		{host("/proc/sys/kernel/apparmor_restrict_unprivileged_userns=1\n", "/proc/self/uid_map=\n"), unix.EPERM, "write", "fd 0", "AppArmor"},
		{host(), unix.EPERM, "write", "fd 0", ""},
		{host(), unix.EPERM, "mount", "proc /proc proc", ""},
		{host("/proc/self/mountinfo=" + procMount), unix.EINVAL, "mount", "none / NULL", "--propagation unchanged"},
		{host(), unix.EINVAL, "mount", "none / NULL", ""},
		{host("/proc/self/mountinfo=" + procMount + "3 2 0:3 / /proc/kcore rw - tmpfs t rw\n"), unix.EPERM, "mount", "proc /proc proc", "at /proc/kcore"},
		{host("/f=x"), unix.ENOENT, "mount", "/proc/1/ns/pid_for_children /f NULL", "add --fork"},
		{host("/d/x=x"), unix.ENOENT, "mount", "/proc/1/ns/net /d/f NULL", "touch /d/f"},
		{host("/home/f=x"), unix.ENOENT, "mount", "/proc/1/ns/pid_for_children  NULL", "name of the file is empty"},
		{host("/home/f=x"), unix.ENOENT, "mount", "/proc/1/ns/net  NULL", "name of the file is empty"},
		{host("/home/f=x"), unix.ENOENT, "mount", "/proc/1/ns/pid_for_children f NULL", "add --fork"},
		{host("/home/x=x"), unix.ENOENT, "mount", "/proc/1/ns/net f NULL", "touch f"},
		{host("/home/x/y=1"), unix.EACCES, "execve", "./x", "/home/x is a directory"},
		{host(), unix.ENOENT, "mount", "/proc/1/ns/net /d/f NULL", ""},
		{host("/proc/self/mountinfo=1 0 8:1 / / rw shared:7 - ext4 x rw\n"), unix.EINVAL, "mount", "/proc/1/ns/mnt /f NULL", "/ is one"},
		{host("/proc/self/mountinfo=1 0 8:1 / / rw shared:7 - ext4 x rw\n4 1 0:9 / /a\\040b rw - tmpfs x rw\n"), unix.EINVAL, "mount", "/proc/1/ns/mnt /a b/f NULL", ""},
		{host("/proc/self/mountinfo=1 0 8:1 / / rw shared:7 - ext4 x rw\n"), unix.EINVAL, "pivot_root", ". .", "--propagation"},
		{host("/proc/self/mountinfo=1 0 0:1 / / rw - rootfs rootfs rw\n"), unix.EINVAL, "pivot_root", ". .", "rootfs"},
		{host(), unix.EPERM, "chroot", "/x", "CAP_SYS_CHROOT"},
		{host(), unix.EINVAL, "sethostname", strings.Repeat("h", 65) + " 65", "64 bytes"},
		{host(), unix.EINVAL, "sethostname", "h 1", ""},
		{host("/proc/self/setgroups=deny\n"), unix.EPERM, "setgroups", "0 NULL", "is denied"},
		{host("/proc/self/setgroups=deny\n"), unix.EPERM, "setgroups", "0 NULL", "by --setgroups=deny, or by a gid map written without privilege"},
		{host(), unix.EPERM, "setgroups", "0 NULL", "this needs CAP_SETGID: be root, or add --map-users=auto"},
		{host(), unix.EPERM, "setgid", "5", "this needs CAP_SETGID: be root, or add --map-users=auto"},
		{host(), unix.EPERM, "setuid", "5", "this needs CAP_SETUID: be root, or add --map-users=auto"},
		{host(allCaps), unix.EPERM, "setuid", "5", ""},
		{host(allCaps), unix.EPERM, "setgroups", "0 NULL", ""},
		{host("/proc/self/gid_map=\n"), unix.EPERM, "setgroups", "0 NULL", "gid_map is empty"},
		{host("/proc/self/uid_map=0 5 1\n"), unix.EINVAL, "setuid", "3", "uid 3 is not mapped"},
		{host("/proc/self/uid_map=0 5 10\n"), unix.EINVAL, "setuid", "3", ""},
		{host(), unix.ENOENT, "execve", "newuidmap", "apt install uidmap"},
		{host("/bin/s=#!/bin/nosuch -x\n"), unix.ENOENT, "execve", "s", "/bin/nosuch, is missing"},
		{host("/bin/s=#!/bin/s\n"), unix.ENOENT, "execve", "s", ""},
		{host("/bin/s=#!/bin/\x1b[31m\n"), unix.ENOENT, "execve", "s", ""},
		{host("/bin/e=" + elf), unix.ENOENT, "execve", "/bin/e", "/lib/ld, is missing"},
		{host("/bin/e="+elf, "/lib/ld=x"), unix.ENOENT, "execve", "/bin/e", ""},
		{host("/bin/x/y=1"), unix.EACCES, "execve", "/bin/x", "is a directory"},
		{host(), unix.ENOENT, "execve", "nosuch", ""},
		{host("/bin/sh=x"), unix.ENOENT, "execve", "bash", "/bin/sh is there"},
		{host("/bin/sh="), unix.ENOENT, "execve", "bash", "no shell in this root"},
		{host(), unix.EINVAL, "setns", "ns/user CLONE_NEWUSER", "are in already"},
		{host(), unix.EINVAL, "setns", "ns/net CLONE_NEWNET", "no net namespace"},
		{host(), unix.EINVAL, "setns", "ns/pid CLONE_NEWPID", "only down the tree"},
		{host(), unix.EPERM, "setns", "ns/user CLONE_NEWUSER", "not the owner"},
		{host(), unix.EPERM, "setns", "ns/net CLONE_NEWNET", "--user"},
		{host(filtered), unix.EPERM, "setns", "ns/net CLONE_NEWNET", "a seccomp filter refuses setns(2)"},
		{host(filtered), unix.EPERM, "mount", "proc /proc proc", "a seccomp filter refuses mount(2)"},
		{host(noChroot), unix.EPERM, "setns", "ns/mnt CLONE_NEWNS", "root lacks CAP_SYS_CHROOT here"},
		{host(noChroot), unix.EPERM, "setns", "ns/net CLONE_NEWNET", ""},
		{host(noSetfcap), unix.EPERM, "unshare", "CLONE_NEWNET", "no way around: to map itself"},
		{host(noSetfcap, "/proc/sys/kernel/osrelease=5.10.0\n"), unix.EPERM, "unshare", "CLONE_NEWNET", "add --map-root-user"},
		{host("/proc/sys/user/max_user_namespaces=0\n"), unix.EPERM, "unshare", "CLONE_NEWNET", "no way around: no user namespaces are allowed here"},
		{host("/proc/self/uid_map=\n"), unix.EPERM, "write", "fd 0\x000\x001", "CAP_SETFCAP"},
		{host("/proc/self/uid_map=\n"), unix.EPERM, "write", "fd 0\x001000\x001", ""},
		{host("/proc/self/uid_map=\n", "/proc/sys/kernel/apparmor_restrict_unprivileged_userns=1\n"), unix.EPERM, "write", "fd 0\x000\x001", ""},
		{host(), unix.ENOENT, "mount", "proc /new proc", "no directory /new in this root"},
		{host("/new/x=y"), unix.ENOENT, "mount", "proc /new proc", ""},
		{host("/bin/sh=", "/opt/app=x"), unix.ENOENT, "execve", "/bin/bash", "no shell in this root"},
	} {
		f := kernel.Failure{Name: "x", Errno: test.errno, Call: test.call}
		if test.call == "write" {
			f.Option = "--map-root-user"
		}
		if test.args != "" {
			f.Args = strings.Split(test.args, " ")
			for i := range f.Args {
				f.Args[i] = strings.ReplaceAll(f.Args[i], "\x00", " ")
			}
			if strings.Contains(test.args, "/a b/") {
				f.Args = []string{"/proc/1/ns/mnt", "/a b/f", "NULL"}
			}
		}
		got := Of(f, test.host)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("Hint(%s(%s), %v) = %q; want %q", test.call, test.args, test.errno, got, test.want)
		}
	}
}

// TestWhy has calls whose hint depends on more than the arguments.
func TestWhy(t *testing.T) {
	for _, test := range []struct {
		host  Host
		errno syscall.Errno
		call  string
		why   plan.Why
		args  string
		want  string
	}{
		{host("/bin/ash=x"), unix.ENOENT, "execve", plan.WhyNoCommand, "/bin/bash", "/bin/ash is there"},
		{host("/bin/sh=", "/opt/app=x"), unix.ENOENT, "execve", plan.WhyNoCommand, "/opt/shell", "no shell in this root"},
		{host("/bin/sh=", "/opt/app=x"), unix.ENOENT, "execve", plan.WhyPlain, "/opt/shell", ""},
		{host(), unix.ENOENT, "execve", plan.WhyPID, "78", "78 is the number of a process"},
		{host(), unix.ENOENT, "execve", plan.WhyPlain, "78", ""},
		{host(), unix.EPERM, "setns", plan.WhyWithUser, "ns/net CLONE_NEWNET", "outside of the one that was entered"},
		{host(), unix.EPERM, "setns", plan.WhyWithUser, "ns/user CLONE_NEWUSER", "not the owner"},
		{host(), unix.EPERM, "setns", plan.WhyCopyMounts, "mnt CLONE_NEWNS", "--user-parent"},
		{host("/proc/7/status=State:\tZ (zombie)\n"), unix.ESRCH, "setns", plan.WhyTarget, "7", "a zombie"},
	} {
		f := kernel.Failure{Name: "x", Errno: test.errno, Call: test.call, Why: test.why, Args: strings.Fields(test.args)}
		if got := Of(f, test.host); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("Hint(%s(%s), %v, why %d) = %q; want %q", test.call, test.args, test.errno, test.why, got, test.want)
		}
	}
}

// elfHead is the start of a 64-bit program that asks for a loader.
func elfHead(loader string) string {
	b := make([]byte, 64+56, 256)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint64(b[32:], 64) // e_phoff
	le.PutUint16(b[54:], 56) // e_phentsize
	le.PutUint16(b[56:], 1)  // e_phnum
	le.PutUint32(b[64:], 3)  // PT_INTERP
	le.PutUint64(b[64+8:], uint64(len(b)))
	le.PutUint64(b[64+32:], uint64(len(loader)+1))
	return string(append(append(b, loader...), 0))
}

func TestProcOwnedByAnother(t *testing.T) {
	h := host()
	h.Owns = func(Host, string) (bool, bool) { return false, true }
	f := kernel.Failure{Errno: unix.EPERM, Call: "mount", Args: []string{"proc", "/proc", "proc"}}
	if got := Of(f, h); !strings.Contains(got, "--pid --fork") {
		t.Errorf("Hint(mount of proc in a foreign PID namespace) = %q; want one that names --pid --fork", got)
	}
}

func TestProcBesideOthers(t *testing.T) {
	h := host()
	for _, tt := range []struct {
		owns bool
		want string
	}{
		{false, "--user-parent"},
		{true, ""},
	} {
		h.Owns = func(Host, string) (bool, bool) { return tt.owns, true }
		f := kernel.Failure{Origin: plan.OriginProcess, Errno: unix.EPERM, Call: "mount", Args: []string{"proc", "/proc", "proc"}}
		if got := Of(f, h); !strings.Contains(got, tt.want) || strings.Contains(got, "--fork") {
			t.Errorf("owned %v: %q; want one with %q", tt.owns, got, tt.want)
		}
	}
}

// TestRootWithoutTheCapability wants no advice that cannot help: nothing but the
// capability lets an id or a group be changed.
func TestRootWithoutTheCapability(t *testing.T) {
	h := host()
	h.EUID = 0
	for call, want := range map[string]string{"setuid": "CAP_SETUID", "setgid": "CAP_SETGID", "setgroups": "CAP_SETGID"} {
		f := kernel.Failure{Errno: unix.EPERM, Call: call, Args: []string{"5"}}
		if got := Of(f, h); got != "root lacks "+want+" here" {
			t.Errorf("Hint(%s by root) = %q; want %s and no more", call, got, want)
		}
	}
}

func TestIDsBesideOthers(t *testing.T) {
	f := kernel.Failure{Origin: plan.OriginProcess, Errno: unix.EPERM, Call: "setuid", Args: []string{"5"}}
	if got := Of(f, host()); got != "this needs CAP_SETUID: be root" {
		t.Errorf("Hint(setuid in namespaces of others) = %q; want no option of another program", got)
	}
}

// TestThreads has a program without a planner, which cannot make user namespaces.
// The number of threads proves nothing: the process that looks for the cause has some, too.
func TestThreads(t *testing.T) {
	f := kernel.Failure{Threaded: true, Errno: unix.EINVAL, Call: "unshare", Args: []string{"CLONE_NEWNS|CLONE_NEWUSER"}}
	if got := Of(f, host()); !strings.Contains(got, "makes no user namespace") {
		t.Errorf("Hint(unshare with threads) = %q; want one that says what cannot be made", got)
	}
	f.Args = []string{"CLONE_NEWNS"}
	if got := Of(f, host()); got != "" {
		t.Errorf("Hint(unshare with threads, no user namespace) = %q; want none", got)
	}
}

func TestChildrenApart(t *testing.T) {
	for _, f := range []kernel.Failure{
		{PIDForChildren: true, Errno: unix.EPERM, Call: "mount", Args: []string{"proc", "/proc", "proc"}},
		{PIDForChildren: true, Errno: unix.EINVAL, Call: "unshare", Args: []string{"CLONE_NEWNS|CLONE_NEWPID"}},
	} {
		if got := Of(f, host()); !strings.Contains(got, "--fork") {
			t.Errorf("Hint(%s, children apart) = %q; want one that names --fork", f.Call, got)
		}
	}
}

func TestElfInterpreterOfHostileFiles(t *testing.T) {
	head := make([]byte, 200)
	copy(head, "\x7fELF\x02\x01")
	for at := range head[6:] { // each byte in turn at its largest
		b := append([]byte(nil), head...)
		for i := 6 + at; i < min(6+at+8, len(b)); i++ {
			b[i] = 0xff
		}
		elfInterpreter(b) // must not panic
		elfInterpreter(b[:at])
	}
}

func TestTarget(t *testing.T) {
	const own = "/proc/self/status=CapPrm:\t0000000000000003\n"
	status := func(uid, caps string) string {
		return "/proc/7/status=Name:\tx\nState:\tS (sleeping)\nUid:\t" + uid + "\nCapPrm:\t" + caps + "\n"
	}
	for _, test := range []struct {
		host Host
		euid int
		err  error
		want string
	}{
		{host(), 0, unix.ENOENT, "no process 7"},
		{host("/proc/self/status=NSpid:\t7\n"), 0, unix.ENOENT, "no process 7 in this PID namespace"},
		{host("/proc/self/status=NSpid:\t12\t1\n"), 0, unix.ENOENT, "no process 7 in /proc, which shows an outer PID namespace"},
		{host("/proc/self/status="), 0, unix.ENOENT, "proc is not mounted"},
		{host("/proc/7/status=State:\tZ (zombie)\n"), 0, unix.ENOENT, "zombie"},
		{host("/proc/7/status=State:\tS (sleeping)\n"), 0, unix.ENOENT, ""},
		{host(own, status("0\t0\t0\t0", "0000000000000003")), 1000, unix.EACCES, "belong to you but to uid 0"},
		{host(own, status("1000\t1000\t0\t0", "0000000000000003")), 1000, unix.EACCES, "belong to you"},
		{host(own, status("1000\t1000\t1000\t0", "0000000000000003")), 1000, unix.EACCES, ""},
		{host(own, status("0\t0\t0\t0", "0000000001000003")), 0, unix.EACCES, "cap_sys_resource"},
		{host(own, status("0\t0\t0\t0", "ffffffffffffffff")), 0, unix.EACCES, "62 capabilities"},
		{host(own), 0, unix.EACCES, ""},
		{host(), 0, unix.EIO, ""},
	} {
		test.host.EUID = test.euid
		got := test.host.Target(7, test.err)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("Target(7, %v) as %d = %q; want %q", test.err, test.euid, got, test.want)
		}
	}
}

func TestNamespaceID(t *testing.T) {
	for release, want := range map[string]string{"6.18.4": "takes Linux 6.19; this is 6.18.4", "5.10.0-9": "6.19", "6.19.0": "no namespace of that id", "7.0": "no namespace"} {
		if got := host("/proc/sys/kernel/osrelease=" + release + "\n").NamespaceID(unix.ESTALE); !strings.Contains(got, want) {
			t.Errorf("NamespaceID on %s = %q; want %q", release, got, want)
		}
	}
}

func TestCapabilityBesideOthers(t *testing.T) {
	f := kernel.Failure{Origin: plan.OriginProcess, Errno: unix.EPERM, Call: "chroot", Args: []string{"."}}
	if got := Of(f, host()); !strings.HasPrefix(got, "this needs CAP_SYS_CHROOT: ") || strings.Contains(got, "--map-root-user") {
		t.Errorf("Hint(chroot in namespaces of others) = %q; want no option of another program", got)
	}
}

// TestMapper has newuidmap(1) refuse.
func TestMapper(t *testing.T) {
	const passwd, group = "/etc/passwd=alice:x:1000:100::/:/bin/sh\n", "/etc/subuid=bob:100000:65536\nalice:200000:10\n1000:300000:20\n"
	for _, test := range []struct {
		host    Host
		capable bool
		args    string
		want    string
	}{
		{host(passwd, group), true, "1000 0 200000 11", "uids 200000-200010 are not among those of alice in /etc/subuid, which are 200000-200009, 300000-300019: --map-users=0:200000:10"},
		{host(passwd, group), true, "1000 0 1000 1 1 200000 10 20 5 1", "uids 5-5 are not"},
		{host(passwd, group), true, "1000 0 200000 10 10 300000 20", ""},
		{host(passwd, group), true, "1000 0 x 10", ""},
		{host(passwd, group), true, "1000", ""},
		{host(passwd), true, "1000 0 5 1", "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 alice"},
		{host(passwd, "/etc/nsswitch.conf=subid: sss\n"), true, "1000 0 5 1", ""},
		{host(group), true, "1000 0 5 1", ""},
		{host(passwd, group), false, "1000 0 5 1", "/bin/newuidmap has lost its set-user-ID bit"},
		{host(passwd, group, "/proc/self/status=NoNewPrivs:\t1\n"), true, "1000 0 5 1", "no_new_privs is set"},
		{host(passwd, group, "/proc/self/mountinfo=1 0 8:1 / / rw,nosuid - ext4 x rw\n"), true, "1000 0 5 1", "as root: mount -o remount,bind,suid /"},
	} {
		files := test.host.FS.(fstest.MapFS)
		files["bin/newuidmap"] = &fstest.MapFile{Mode: 0o755}
		test.host.Capable = func(string) bool { return test.capable }
		got := Of(kernel.Failure{Errno: unix.EPERM, Call: "newuidmap", Args: strings.Fields(test.args)}, test.host)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("newuidmap %s: %q; want %q", test.args, got, test.want)
		}
	}
}

// TestNoCommand: a name that a shell would read as something else is not put into a command.
func TestNoCommand(t *testing.T) {
	h := host("/home/x=x")
	for name, want := range map[string]string{
		"f":  "the namespace is bound to a file that exists; make it first: touch f",
		"$f": "the namespace is bound to a file that exists; make it first",
	} {
		f := kernel.Failure{Name: "gounshare", Errno: unix.ENOENT, Call: "mount", Args: []string{"/proc/1/ns/net", name, "NULL"}}
		if got := Of(f, h); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
