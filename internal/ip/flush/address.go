package flush

import (
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Addresses is "ip address flush".
func Addresses(s *session.Session, args []string) error {
	if len(args) == 0 {
		return iproute.Fail("Flush requires arguments.")
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := show.ReadAddressFlush(s, conn, args)
	if err != nil {
		return err
	}
	r := &rounds{of: "addresses", most: s.Opt.Loops(), once: f.PrimaryOnly(), round: func() (int, error) {
		list, err := f.Addresses()
		if err != nil {
			return 0, err
		}
		if s.Opt.Stats > 1 {
			if err := f.Print(s, list); err != nil {
				return 0, err
			}
		}
		addresses := make([]*link.Address, len(list))
		for i := range list {
			addresses[i] = &list[i].Address
		}
		return len(list), refusedFlush(link.DeleteAddresses(conn, addresses), iproute.StatusUsage)
	}, incomplete: func(rounds string) *iproute.Failure {
		return iproute.Usage("*** Flush remains incomplete after " + rounds + " rounds. ***")
	}}
	return r.run(s)
}
