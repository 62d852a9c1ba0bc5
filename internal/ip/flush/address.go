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
	remove := func(list []show.OwnedAddress) error {
		addresses := make([]*link.Address, len(list))
		for i := range list {
			addresses[i] = &list[i].Address
		}
		return refusedFlush(link.DeleteAddresses(conn, addresses), iproute.StatusUsage)
	}
	r := &rounds{of: "addresses", most: s.Opt.Loops(), once: f.PrimaryOnly(), round: oneRound(s, f.Addresses, f.PrintText, remove), incomplete: func(rounds string) *iproute.Failure {
		return iproute.Usage("*** Flush remains incomplete after " + rounds + " rounds. ***")
	}}
	return r.run(s)
}
