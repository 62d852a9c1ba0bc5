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

// next runs a line of a batch by another ip, with the options that we were given.
func (r *run) next(ip string, words []string) error {
	args := []string{ip}
	if r.opt.netns != nil {
		args = append(args, "-netns", *r.opt.netns)
	}
	for _, o := range []struct {
		on   bool
		word string
	}{{r.opt.json, "-json"}, {r.opt.pretty, "-pretty"}, {r.opt.brief, "-brief"}, {r.opt.details, "-details"}, {r.opt.oneLine, "-oneline"}, {r.opt.stats, "-statistics"}, {r.opt.resolve, "-resolve"},
		{r.opt.numeric, "-Numeric"}, {r.opt.color != "", "-color=" + r.opt.color}} {
		if o.on {
			args = append(args, o.word)
		}
	}
	if r.opt.family != "" {
		args = append(args, "-family", r.opt.family)
	}
	status, err := r.start(ip, append(args, words...))
	switch {
	case err != nil:
		return iproute.Fail(`exec of "` + ip + `" failed: ` + diag.Reason(err))
	case status != 0:
		return &iproute.Failure{Status: status}
	}
	return nil
}
