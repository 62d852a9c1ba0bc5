package nsenter

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/tool"
)

// readContext reads the target's SELinux context. Without SELinux it does nothing, as the
// original.
func (o *opened) readContext() error {
	var fs unix.Statfs_t
	if !o.Context && !o.AsContainer || unix.Statfs("/sys/fs/selinux", &fs) != nil || uint32(fs.Type) != unix.SELINUX_MAGIC {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("no target PID specified for --follow-context")
	}
	text, err := o.readFile("--follow-context", "attr/current", "", 4096)
	if o.explain {
		o.context = "CONTEXT"
		return nil
	}
	text = bytes.TrimRight(text, "\x00\n")
	if err != nil || len(text) == 0 {
		return tool.Failure("failed to get " + strconv.Itoa(o.pid()) + " SELinux context")
	}
	o.context = string(text)
	return nil
}
