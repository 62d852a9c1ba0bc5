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

// private tells whether the command gets mounts of its own.
func (o *Options) private() bool { return o.MountProc || o.Tools != nil }

// otherRoot tells whether the root of the command is a directory of --tools.
func (o *Options) otherRoot() bool { return o.Tools != nil && *o.Tools != "" }

// checkPrivate refuses what makes no sense beside mounts of the command's own: other
// mounts, a root directory that is not in them, a command that is not in the PID
// namespace whose /proc it sees.
func (w *world) checkPrivate() error {
	option := "--mount-proc"
	if w.Tools != nil {
		option = "--tools"
	}
	for _, other := range [...]struct {
		given bool
		name  string
	}{
		{w.Kinds[ns.Mount].given, "--mount"},
		{w.entersAll() && w.Tools == nil, "--all"},
		{w.Root != (dir{}), "--root"},
		{w.Dir.target && w.Tools != nil || w.Dir.path != nil && w.otherRoot(), "--wd"},
		{w.NoFork, "--no-fork"},
	} {
		if w.private() && other.given {
			return tool.Failure("mutually exclusive arguments: " + option + " " + other.name)
		}
	}
	if w.MountProc && w.Tools == nil && !w.Kinds[ns.PID].given {
		return tool.Failure("no PID namespace specified for --mount-proc")
	}
	return nil
}

// findDirs makes sure of the directories of ours that the command is to have.
func (w *world) findDirs() error {
	if !w.private() {
		return nil
	}
	w.cwd, _ = os.Getwd() // "" where it has no path
	if w.Dir.path != nil {
		closeFD(w.dir) // the copy of it will be found by its name
	}
	if !w.otherRoot() || w.explain {
		return nil
	}
	for _, dir := range [...]string{*w.Tools, *w.Tools + "/proc"} {
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return tool.Failure("cannot open " + dir + ": " + diag.Reason(err))
		}
		unix.Close(fd)
	}
	return nil
}

// toolsDir returns the directory of --tools, which becomes the root, by an absolute path.
func (w *world) toolsDir() string {
	if path.IsAbs(*w.Tools) {
		return *w.Tools
	}
	return w.cwd + "/" + *w.Tools
}

// openTools opens what --tools shows of the target.
func (w *world) openTools() (err error) {
	if w.Tools == nil {
		return nil
	}
	if w.root, err = w.openTargets("--tools", "root", "root", unix.O_PATH); err != nil {
		return err
	}
	if w.sharesMounts() {
		return nil
	}
	w.foreign = true
	w.mounts, err = w.openTargets("--tools", "ns/mnt", "mnt", unix.O_RDONLY)
	return err
}

// sharesMounts tells whether the target is in our own mount namespace. An
// explanation takes one that it may not see for another.
func (w *world) sharesMounts() bool {
	const file = "ns/mnt"
	var own unix.Stat_t
	if unix.Stat("/proc/self/"+file, &own) != nil {
		return false
	}
	theirs, err := w.stat(file)
	return err == nil && own.Ino == theirs.Ino
}
