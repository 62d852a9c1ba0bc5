package flush

import (
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Neighbors is "ip neighbour flush".
func Neighbors(s *session.Session, args []string) error {
	if len(args) == 0 {
		return iproute.Fail("Flush requires arguments.")
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := show.ReadNeighborFlush(s, conn, args)
	if err != nil {
		return err
	}
	const most = 10
	remove := func(list []link.Neighbor) error {
		f.SkipFailed() // entries in use stay for a while, in this state
		return refusedFlush(link.DeleteNeighbors(conn, list), iproute.StatusFailed)
	}
	r := &rounds{of: "entries", most: most, round: oneRound(s, f.Neighbors, f.PrintText, remove), incomplete: func(rounds string) *iproute.Failure {
		f := iproute.Usage("*** Flush not complete bailing out after " + rounds + " rounds")
		f.Stdout = true
		return f
	}}
	return r.run(s)
}
