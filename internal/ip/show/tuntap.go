package show

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/link"
	"nstools/internal/proc"
	"nstools/internal/rtnl"
)

// TunTaps prints the devices whose packets go to a program.
func TunTaps(s *session.Session, _ []string) error {
	if err := refuseColors(s); err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	list, err := link.TunTaps(conn, s.InNS)
	if err != nil {
		return dumpFailed(err)
	}
	var users map[string][]tunUser
	if s.Opt.Details {
		users = tunUsers()
	}
	return printOutput(s, func(p *printer) error {
		for i := range list {
			t := &list[i]
			p.object(func() {
				p.tunTap(t)
				if s.Opt.Details {
					p.newline("\tAttached to processes:")
					p.tunUsers(users[t.Name])
				}
			})
			p.textOnly("\n")
		}
		return nil
	})
}

// tunFlags are the words for flags, in the order in which they are printed.
var tunFlags = [...]struct {
	bit  uint32
	off  bool // the word stands for the missing flag
	name string
}{
	{unix.IFF_TUN, false, "tun"},
	{unix.IFF_TAP, false, "tap"},
	{unix.IFF_NO_PI, true, "pi"},
	{unix.IFF_ONE_QUEUE, false, "one_queue"},
	{unix.IFF_MULTI_QUEUE, false, "multi_queue"},
	{unix.IFF_VNET_HDR, false, "vnet_hdr"},
	{unix.IFF_PERSIST, false, "persist"},
	{unix.IFF_NOFILTER, true, "filter"}, // the bit of IFF_NO_PI: ip prints both words or none
}

// tunTap prints one device, except for the newline.
func (p *printer) tunTap(t *link.TunTap) {
	p.string("ifname", "", t.Name, ":")
	p.array("flags", func() {
		rest := t.Flags
		for _, f := range tunFlags {
			if (t.Flags&f.bit != 0) != f.off {
				p.word(f.name)
			}
			rest &^= f.bit
		}
		if rest != 0 {
			p.word(hexText(rest))
		}
	})
	if t.Owner != nil {
		p.int("user", " user ", int64(*t.Owner), "")
	}
	if t.Group != nil {
		p.int("group", " group ", int64(*t.Group), "")
	}
}

// word prints an element of an array, with a blank in front of it in text.
func (p *printer) word(w string) {
	if p.isJSON() {
		p.json.String(w)
		return
	}
	p.textOnly(" " + w)
}

// A tunUser is a process that has such a device.
type tunUser struct {
	pid  int
	name string
}

func (p *printer) tunUsers(list []tunUser) {
	p.array("processes", func() {
		for _, u := range list {
			p.object(func() {
				p.string("name", "", u.name, "")
				p.int("pid", "(", int64(u.pid), ")")
			})
		}
	})
}

// tunUsers returns the processes that have such devices, by the device's name. It leaves out
// what it may not read.
func tunUsers() map[string][]tunUser {
	root, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer root.Close()
	pids, _ := proc.Processes(root)
	found := make(map[string][]tunUser)
	for _, pid := range pids {
		if pid == os.Getpid() {
			continue
		}
		dir := "/proc/" + strconv.Itoa(pid)
		entries, _ := os.ReadDir(dir + "/fd")
		for _, e := range entries {
			if to, err := os.Readlink(dir + "/fd/" + e.Name()); err != nil || to != "/dev/net/tun" {
				continue
			}
			const longest = 4096
			info, _ := proc.ReadBeginning(unix.AT_FDCWD, dir+"/fdinfo/"+e.Name(), longest)
			if device := proc.Field(string(info), "iff"); device != "" {
				comm, _ := proc.ReadBeginning(unix.AT_FDCWD, dir+"/comm", longest)
				found[device] = append(found[device], tunUser{pid, strings.TrimSuffix(string(comm), "\n")})
			}
		}
	}
	return found
}
