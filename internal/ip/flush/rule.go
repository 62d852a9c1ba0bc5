package flush

import (
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Rules is "ip rule flush". It leaves the rule with the priority 0 alone.
func Rules(s *session.Session, args []string) error {
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := show.ReadRuleFilter(s, args)
	if err != nil {
		return err
	}
	all, err := f.Rules(conn)
	if err != nil {
		return err
	}
	var list []link.Rule
	for i := range all {
		if r := &all[i]; r.HasPriority && f.MatchesProtocol(r) {
			list = append(list, *r)
		}
	}
	if err := link.DeleteRules(conn, list); err != nil {
		return show.DumpTerminated(err)
	}
	return show.PrintNothing(s)
}
