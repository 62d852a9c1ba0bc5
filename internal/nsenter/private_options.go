package nsenter

import (
	"os"
	"path"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/tool"
)

// With --mount-proc and --tools the command keeps the files of the caller, in a copy of the
// caller's mounts that it alone sees. What is mounted there is visible to the command only,
// and goes with it.

// targetRoot is where --tools shows the target's root directory. Every system has it, with
// nothing of the system below it.
const targetRoot = "/mnt"

func (o *Options) setTools(dir string, given bool) error {
	switch {
	case given && dir == "":
		return tool.Failure("unsupported --tools argument ''")
	case path.Clean(dir) == "/":
		dir = ""
	}
	o.Tools = &dir
	return nil
}

// hasPrivateMounts reports whether the command gets mounts of its own.
func (o *Options) hasPrivateMounts() bool { return o.MountProc || o.Tools != nil }

// otherRoot reports whether the command's root is a directory of --tools.
func (o *Options) otherRoot() bool { return o.Tools != nil && *o.Tools != "" }

// checkPrivate refuses what contradicts mounts of the command's own: other mounts, a root
// directory outside them, or a command outside the PID namespace whose /proc it sees.
func (o *opened) checkPrivate() error {
	option := "--mount-proc"
	if o.Tools != nil {
		option = "--tools"
	}
	for _, other := range [...]struct {
		given bool
		name  string
	}{
		{o.Kinds[ns.Mount].given, "--mount"},
		{o.entersAll() && o.Tools == nil, "--all"},
		{o.Root != (dir{}), "--root"},
		{o.Dir.target && o.Tools != nil || o.Dir.path != nil && o.otherRoot(), "--wd"},
		{o.NoFork, "--no-fork"},
	} {
		if o.hasPrivateMounts() && other.given {
			return tool.Failure("mutually exclusive arguments: " + option + " " + other.name)
		}
	}
	if o.MountProc && o.Tools == nil && !o.Kinds[ns.PID].given {
		return tool.Failure("no PID namespace specified for --mount-proc")
	}
	return nil
}

// findDirs checks the directories of the caller that the command is to have.
func (o *opened) findDirs() error {
	if !o.hasPrivateMounts() {
		return nil
	}
	o.cwd, _ = os.Getwd() // "" where it has no path
	if o.Dir.path != nil {
		closeFD(o.dir) // its copy is found by its path
	}
	if !o.otherRoot() || o.explain {
		return nil
	}
	for _, dir := range [...]string{*o.Tools, *o.Tools + "/proc"} {
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return tool.Failure("cannot open " + dir + ": " + diag.Reason(err))
		}
		unix.Close(fd)
	}
	return nil
}

// toolsDir returns the directory of --tools, which becomes the root, by an absolute path.
func (o *opened) toolsDir() string {
	if path.IsAbs(*o.Tools) {
		return *o.Tools
	}
	return o.cwd + "/" + *o.Tools
}

// openTools opens what --tools shows of the target.
func (o *opened) openTools() (err error) {
	if o.Tools == nil {
		return nil
	}
	if o.root, err = o.openTargetFile("--tools", "root", "root", unix.O_PATH); err != nil {
		return err
	}
	if o.sharesMounts() {
		return nil
	}
	o.otherMounts = true
	o.mounts, err = o.openTargetFile("--tools", "ns/mnt", "mnt", unix.O_RDONLY)
	return err
}

// sharesMounts reports whether the target is in the caller's mount namespace. An
// explanation without access returns false.
func (o *opened) sharesMounts() bool {
	const file = "ns/mnt"
	var own unix.Stat_t
	if unix.Stat("/proc/self/"+file, &own) != nil {
		return false
	}
	targets, err := o.stat(file)
	return err == nil && own.Ino == targets.Ino
}
