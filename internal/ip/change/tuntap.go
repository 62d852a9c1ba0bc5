package change

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/files"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
)

// tunTapArgs are the arguments of a command about a device for packets from a program.
type tunTapArgs struct {
	change link.TunTapChange
}

// AddTunTap is "ip tuntap add".
func AddTunTap(s *session.Session, args []string) error {
	w, err := readTunTap(args, tunTapTerms(true))
	if err != nil {
		return err
	}
	return w.change.Add(s.InNS)
}

// DeleteTunTap is "ip tuntap delete".
func DeleteTunTap(s *session.Session, args []string) error {
	w, err := readTunTap(args, tunTapTerms(false))
	if err != nil {
		return err
	}
	return w.change.Delete(s.InNS)
}

func readTunTap(args []string, terms []iproute.Term[*tunTapArgs]) (*tunTapArgs, error) {
	w := &tunTapArgs{change: link.TunTapChange{Flags: unix.IFF_NO_PI}}
	if _, err := iproute.ReadTerms(w, args, terms, iproute.Term[*tunTapArgs]{Take: (*tunTapArgs).takeName}); err != nil {
		return nil, err
	}
	if w.change.Flags&(unix.IFF_TUN|unix.IFF_TAP) == 0 {
		return nil, iproute.Fail("You failed to specify a tunnel mode")
	}
	return w, nil
}

// TunTapWords returns the words of "ip tuntap add".
func TunTapWords() []iproute.Word { return iproute.WordsOf(tunTapTerms(true)) }

// TunTapDeleteWords returns the words of "ip tuntap delete".
func TunTapDeleteWords() []iproute.Word { return iproute.WordsOf(tunTapTerms(false)) }

// tunTapTerms returns the grammar, in the order in which ip compares. Who may use the device is
// for add only.
func tunTapTerms(add bool) []iproute.Term[*tunTapArgs] {
	flag := func(name string, bit uint32) iproute.Term[*tunTapArgs] {
		return iproute.Term[*tunTapArgs]{Name: name, Short: true, Bare: true, Set: func(w *tunTapArgs, _ string) error { w.change.Flags |= bit; return nil }}
	}
	var owners []iproute.Term[*tunTapArgs]
	if add {
		owners = []iproute.Term[*tunTapArgs]{
			{Name: "user", Short: true, Set: (*tunTapArgs).setUser},
			{Name: "group", Short: true, Set: (*tunTapArgs).setGroup},
		}
	}
	return iproute.JoinTerms([]iproute.Term[*tunTapArgs]{
		{Name: "mode", Short: true, Set: (*tunTapArgs).setMode},
	}, owners, []iproute.Term[*tunTapArgs]{
		{Name: "pi", Short: true, Bare: true, Set: func(w *tunTapArgs, _ string) error { w.change.Flags &^= unix.IFF_NO_PI; return nil }},
		flag("one_queue", unix.IFF_ONE_QUEUE),
		flag("vnet_hdr", unix.IFF_VNET_HDR),
		flag("multi_queue", unix.IFF_MULTI_QUEUE),
		{Name: "dev", Short: true, Value: iproute.Device, Set: func(w *tunTapArgs, v string) error { return w.setName(`"dev"`, v) }},
		{Name: "name", Short: true, Set: (*tunTapArgs).setBareName},
	})
}

func (w *tunTapArgs) setMode(v string) error {
	mode, other := uint32(unix.IFF_TUN), uint32(unix.IFF_TAP)
	switch {
	case iproute.Matches(v, "tun"):
	case iproute.Matches(v, "tap"):
		mode, other = other, mode
	default:
		return iproute.Usage(`Unknown tunnel mode "` + v + `"`)
	}
	if w.change.Flags&other != 0 {
		return iproute.Usage("You managed to ask for more than one tunnel mode.")
	}
	w.change.Flags |= mode
	return nil
}

func (w *tunTapArgs) setUser(v string) error {
	if id, ok := readID(&w.change.Owner, v); !ok {
		passwd, _ := files.Read("/etc/passwd")
		user, ok := facts.UserByName(passwd, v)
		if !ok {
			return iproute.Usage(`invalid user "` + v + `"`)
		}
		*id = user.UID
	}
	return nil
}

func (w *tunTapArgs) setGroup(v string) error {
	if id, ok := readID(&w.change.Group, v); !ok {
		group, _ := files.Read("/etc/group")
		gid, ok := facts.GroupByName(group, v)
		if !ok {
			return iproute.Usage(`invalid group "` + v + `"`)
		}
		*id = gid
	}
	return nil
}

// readID reads a number into an id that may be missing: -1 stands for none. It returns the
// place for an id, and false for a name.
func readID(to **uint32, v string) (*uint32, bool) {
	id := new(uint32)
	n, err := strconv.ParseInt(v, 10, 64)
	*id = uint32(n)
	*to = id
	if err == nil && *id == 1<<32-1 {
		*to = nil
	}
	return id, err == nil
}

// takeName reads the name of the device, where no other word begins.
func (w *tunTapArgs) takeName(args *iproute.Args) error {
	word, _ := args.Next()
	if iproute.Matches(word, "help") {
		return iproute.HelpWanted()
	}
	return w.setBareName(word)
}

func (w *tunTapArgs) setBareName(v string) error {
	if w.change.Name != "" {
		return iproute.DuplicateOrGarbage("name", v)
	}
	return w.setName(`"name"`, v)
}

func (w *tunTapArgs) setName(word, v string) error {
	if !iproute.IsInterfaceName(v) {
		return iproute.Invalid(word+" not a valid ifname", v)
	}
	w.change.Name = v
	return nil
}
