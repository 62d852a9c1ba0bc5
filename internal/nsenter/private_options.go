package nsenter

import (
	"os"
	"path"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/tool"
)

// With --mount-proc and --tools the command keeps the files of the caller, in a
// copy of the caller's mounts that nobody else sees. What is mounted there shows
// neither outside nor in the target, and goes with the command.

// targetRoot is where --tools shows the root directory of the target. It is there
// on every system, and nothing that belongs to the system is below it.
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

// hasPrivateMounts tells whether the command gets mounts of its own.
func (o *Options) hasPrivateMounts() bool { return o.MountProc || o.Tools != nil }

// otherRoot tells whether the root of the command is a directory of --tools.
func (o *Options) otherRoot() bool { return o.Tools != nil && *o.Tools != "" }

// checkPrivate refuses what makes no sense beside mounts of the command's own: other
// mounts, a root directory that is not in them, a command that is not in the PID
// namespace whose /proc it sees.
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

// findDirs makes sure of the directories of ours that the command is to have.
func (o *opened) findDirs() error {
	if !o.hasPrivateMounts() {
		return nil
	}
	o.cwd, _ = os.Getwd() // "" where it has no path
	if o.Dir.path != nil {
		closeFD(o.dir) // the copy of it will be found by its name
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

// sharesMounts tells whether the target is in our own mount namespace. An
// explanation takes one that it may not see for another.
func (o *opened) sharesMounts() bool {
	const file = "ns/mnt"
	var own unix.Stat_t
	if unix.Stat("/proc/self/"+file, &own) != nil {
		return false
	}
	theirs, err := o.stat(file)
	return err == nil && own.Ino == theirs.Ino
}
