package nsenter

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/tool"
)

// readContext reads the target's SELinux context. Without SELinux there is none to
// follow, as in the original.
func (w *world) readContext() error {
	var fs unix.Statfs_t
	if !w.Context && !w.AsContainer || unix.Statfs("/sys/fs/selinux", &fs) != nil || uint32(fs.Type) != unix.SELINUX_MAGIC {
		return nil
	}
	if w.pid() == 0 {
		return w.targetless("no target PID specified for --follow-context")
	}
	text, err := w.readFile("--follow-context", "attr/current", "", 4096)
	if w.explain {
		w.context = "CONTEXT"
		return nil
	}
	text = bytes.TrimRight(text, "\x00\n")
	if err != nil || len(text) == 0 {
		return tool.Failure("failed to get " + strconv.Itoa(w.pid()) + " SELinux context")
	}
	w.context = string(text)
	return nil
}
