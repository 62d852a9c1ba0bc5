package flush

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// patience is how long routes are flushed that others make anew.
const patience = 30 * time.Second

// Routes is "ip route flush".
func Routes(s *session.Session, args []string) error {
	if len(args) == 0 {
		return iproute.Fail("\"ip route flush\" requires arguments.")
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := show.ReadRouteFlush(s, conn, args)
	if err != nil {
		return err
	}
	if inet, inet6 := f.Cached(); inet {
		if err := cache(s); err != nil || !inet6 {
			return err
		}
	}
	begin := time.Now()
	remove := func(list []*link.Route) error {
		if err := refusedFlush(link.DeleteRoutes(conn, list), iproute.StatusKernel); err != nil {
			return err
		}
		if took := time.Since(begin); took > patience {
			f := iproute.Fail("\n*** Flush not completed after " + strconv.Itoa(int(took.Seconds())) + " seconds, " + strconv.Itoa(len(list)) + " entries remain ***")
			f.Stdout = true
			return f
		}
		return nil
	}
	r := &rounds{of: "entries", round: oneRound(s, f.Routes, f.PrintText, remove)}
	return r.run(s)
}

// cache flushes what IPv4 has learned of single destinations. As in ip a refusal is no failure.
func cache(s *session.Session) error {
	const file = "/proc/sys/net/ipv4/route/flush"
	write := func() error {
		fd, err := unix.Open(file, unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return iproute.Fail(`Cannot open "` + file + `": ` + diag.Reason(err))
		}
		defer unix.Close(fd)
		if _, err := unix.Write(fd, []byte("-1")); err != nil {
			return iproute.Fail("Cannot flush routing cache")
		}
		return nil
	}
	err := error(nil)
	if s.InNS < 0 {
		err = write()
	} else {
		err = rtnl.Within(s.InNS, write)
	}
	if err != nil {
		s.Report(err)
	}
	if s.Opt.Stats > 0 {
		return s.Print("*** IPv4 routing cache is flushed.\n")
	}
	return nil
}
