package show

import (
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/netns"
)

// IDs prints the ids that one namespace has for others. usage returns the error for an unknown
// word.
func IDs(s *session.Session, args []string, usage func() error) error {
	f, err := readIDFilter(args, usage)
	if err != nil {
		return err
	}
	ids, err := s.IDs()
	if err != nil {
		return err
	}
	defer ids.Close()
	var found []netns.ID
	if f.id >= 0 {
		found, err = ids.Lookup(f.id, f.target)
	} else if found, err = ids.List(f.target); err != nil {
		PrintNothing(s) // ip completes its JSON even then
	}
	if err != nil {
		return err
	}
	names := namesByID(s, ids)
	return printOutput(s, func(p *printer) error {
		for _, f := range found {
			p.object(func() { p.id(f, names) })
		}
		return nil
	})
}

// An idFilter is what stands behind list-id.
type idFilter struct {
	id     int32 // of a namespace; netns.None for all
	target int32 // id of the namespace whose ids are listed; netns.None for the current one
}

// readIDFilter reads the words behind list-id.
func readIDFilter(args []string, usage func() error) (idFilter, error) {
	f := idFilter{netns.None, netns.None}
	_, err := iproute.ReadTerms(&f, args, idTerms(), iproute.Term[*idFilter]{Set: func(*idFilter, string) error { return usage() }})
	return f, err
}

// idTerms returns the grammar, in the order in which ip compares.
func idTerms() []iproute.Term[*idFilter] {
	id := func(name string, field func(*idFilter) *int32) iproute.Term[*idFilter] {
		return iproute.Term[*idFilter]{Name: name, Take: func(f *idFilter, args *iproute.Args) error { return takeID(field(f), name, args) }}
	}
	return []iproute.Term[*idFilter]{
		id("target-nsid", func(f *idFilter) *int32 { return &f.target }),
		id("nsid", func(f *idFilter) *int32 { return &f.id }),
	}
}

// takeID reads the number behind a word. It refuses a second one before it looks at the
// number.
func takeID(to *int32, name string, args *iproute.Args) error {
	if *to >= 0 {
		return iproute.DuplicateValue(name, name)
	}
	v, err := args.Value()
	if err != nil {
		return err
	}
	n, ok := iproute.Integer(v)
	switch {
	case !ok:
		return iproute.Invalid(`"`+name+`" value is invalid`, v)
	case n < 0:
		return iproute.Invalid(`"`+name+`" value should be >= 0`, v)
	}
	*to = n
	return nil
}

// id prints one id with its newline.
func (p *printer) id(f netns.ID, names map[int32]string) {
	p.optionalID("nsid", f.ID)
	byID := f.ID
	if f.HasCurrent {
		p.optionalID("current-nsid", f.Current)
		byID = f.Current
	}
	if name, ok := names[byID]; ok {
		p.string("name", "(iproute2 netns name: ", name, ")")
	}
	p.textOnly("\n")
}

// optionalID prints an id. A missing one is a word in text, and nothing in JSON.
func (p *printer) optionalID(key string, id int32) {
	if id < 0 {
		p.textOnly(key + " unassigned ")
		return
	}
	p.int(key, key+" ", int64(id), " ")
}

// namesByID returns the names by id. It asks for the id of each name, since the kernel knows
// no names. The first of several names counts.
func namesByID(s *session.Session, ids *netns.IDs) map[int32]string {
	names, _ := netns.Names()
	byID := make(map[int32]string, len(names))
	for _, name := range names {
		id, err := ids.OfName(name)
		if err != nil {
			s.Report(err)
		}
		if _, dup := byID[id]; id >= 0 && !dup {
			byID[id] = name
		}
	}
	return byID
}
