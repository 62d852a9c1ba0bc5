package show

import (
	"nstools/internal/ip/session"
	"nstools/internal/netns"
)

// Names prints the names, with the ids that the kernel has for them.
func Names(s *session.Session) error {
	names, err := netns.Names()
	if err != nil || names == nil {
		return err
	}
	ids, err := s.IDs()
	if err != nil {
		return err
	}
	defer ids.Close()
	return printOutput(s, func(p *printer) error {
		for _, name := range names {
			id, err := ids.OfName(name)
			if err != nil {
				s.Report(err)
			}
			p.object(func() {
				p.string("name", "", name, "")
				if id >= 0 {
					p.int("id", " (id: ", int64(id), ")")
				}
				p.textOnly("\n")
			})
		}
		return nil
	})
}
