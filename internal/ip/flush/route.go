package flush

import (
	"strconv"
	"time"

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
	begin := time.Now()
	r := &rounds{of: "entries", round: func() (int, error) {
		list, err := f.Routes()
		if err != nil {
			return 0, err
		}
		if s.Opt.Stats > 1 {
			if err := f.Print(s, list); err != nil {
				return 0, err
			}
		}
		if err := refusedFlush(link.DeleteRoutes(conn, list), iproute.StatusKernel); err != nil {
			return 0, err
		}
		if took := time.Since(begin); took > patience {
			f := iproute.Fail("\n*** Flush not completed after " + strconv.Itoa(int(took.Seconds())) + " seconds, " + strconv.Itoa(len(list)) + " entries remain ***")
			f.Stdout = true
			return 0, f
		}
		return len(list), nil
	}}
	return r.run(s)
}
