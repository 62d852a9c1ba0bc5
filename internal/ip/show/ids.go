package show

import (
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/netns"
)

// IDs prints the ids that one namespace has for others. Usage is for a word that is not
// understood.
func IDs(s *session.Session, args []string, usage func() error) error {
	id, target := int32(netns.None), int32(netns.None)
	for ; len(args) > 0; args = args[2:] {
		var err error
		switch args[0] {
		case "target-nsid":
			err = readID(&target, args)
		case "nsid":
			err = readID(&id, args)
		default:
			err = usage()
		}
		if err != nil {
			return err
		}
	}
	ids, err := s.IDs()
	if err != nil {
		return err
	}
	defer ids.Close()
	var found []netns.ID
	if id >= 0 {
		found, err = ids.Lookup(id, target)
	} else if found, err = ids.List(target); err != nil {
		printPage(s, func(*page) error { return nil }) // ip ends its list of JSON all the same
	}
	if err != nil {
		return err
	}
	names := namesByID(s, ids)
	return printPage(s, func(p *page) error {
		for _, f := range found {
			p.object(func() { p.id(f, names) })
		}
		return nil
	})
}

// readID takes the number behind a word, which may be said once.
func readID(to *int32, args []string) error {
	word := args[0]
	if *to >= 0 {
		return iproute.Second(word, word)
	}
	if len(args) < 2 {
		return iproute.Incomplete()
	}
	n, ok := iproute.Integer(args[1])
	switch {
	case !ok:
		return iproute.Invalid(`"`+word+`" value is invalid`, args[1])
	case n < 0:
		return iproute.Invalid(`"`+word+`" value should be >= 0`, args[1])
	}
	*to = n
	return nil
}

// id prints one with the newline at its end.
func (p *page) id(f netns.ID, names map[int32]string) {
	p.idOrNone("nsid", f.ID)
	known := f.ID
	if f.HasCurrent {
		p.idOrNone("current-nsid", f.Current)
		known = f.Current
	}
	if name, ok := names[known]; ok {
		p.string("name", "(iproute2 netns name: ", name, ")")
	}
	p.words("\n")
}

// idOrNone is a word in text where there is no id, and nothing in JSON.
func (p *page) idOrNone(key string, id int32) {
	if id < 0 {
		p.words(key + " unassigned ")
		return
	}
	p.int(key, key+" ", int64(id), " ")
}

// namesByID asks for the id of every name, because the kernel knows no names. Of several
// the first counts.
func namesByID(s *session.Session, ids *netns.IDs) map[int32]string {
	names, _ := netns.Names()
	known := make(map[int32]string, len(names))
	for _, name := range names {
		id, err := ids.Of(name)
		if err != nil {
			s.Report(err)
		}
		if _, dup := known[id]; id >= 0 && !dup {
			known[id] = name
		}
	}
	return known
}
