package ip

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/tool"
)

// nextIP is the first ip on PATH that is not this program, or "".
func nextIP() string {
	var self unix.Stat_t
	if unix.Stat(kernel.Self, &self) != nil {
		return ""
	}
	path, ok := tool.Getenv(kernel.Environ(), "PATH")
	if !ok {
		path = "/bin:/usr/bin:/sbin:/usr/sbin"
	}
	for _, dir := range strings.Split(path, ":") {
		if dir == "" {
			dir = "."
		}
		var st unix.Stat_t
		file := dir + "/ip"
		if unix.Stat(file, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || unix.Access(file, unix.X_OK) != nil {
			continue
		}
		if st.Dev != self.Dev || st.Ino != self.Ino {
			return file
		}
	}
	return ""
}

// handedLine has another ip carry out a line of a batch: in one process with those before
// it, unless that ip knows no batches or the line may read what is our standard input.
func (r *run) handedLine(ip string, words []string) error {
	b := r.batched
	b.handed = true
	if !b.single && !iproute.Matches(words[0], "vrf") {
		if b.next == nil {
			next, err := r.startNext(ip)
			if err != nil {
				return err
			}
			b.next = next
		}
		known, err := b.next.carryOut(b.line)
		if !known || b.next.ended {
			b.left = b.next.status
			b.next = nil
		}
		if known {
			return err
		}
		b.single = true
	}
	status, err := r.start(ip, append(append([]string{ip}, r.opt.words...), words...))
	switch {
	case err != nil:
		return iproute.Fail(`exec of "` + ip + `" failed: ` + diag.Reason(err))
	case status != 0:
		return &iproute.Failure{Status: status}
	}
	return nil
}
