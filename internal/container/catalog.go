package container

import (
	"cmp"
	"slices"
)

// A Catalog is what state files and cgroups tell of containers, units and machines, at
// one moment. The zero value is empty; see [Load].
//
// To name a process of whichever kind, ask [Catalog.Of] by its cgroup; where that tells
// nothing, it may share a namespace with the PID of one of [Catalog.All].
type Catalog struct {
	list    []*Found
	byKey   map[key]*Found
	looked  []looked
	scanned bool
	self    uint32 // our effective user id
}

// looked is a place that was there, and of whom it could tell; of anybody for none.
type looked struct {
	place string
	kinds []string
}

// lookedFor are the places where a name of a kind was looked for, any name for "".
func (c *Catalog) lookedFor(kind string) []string {
	var places []string
	for _, l := range c.looked {
		if kind == "" || len(l.kinds) == 0 || slices.Contains(l.kinds, kind) {
			places = append(places, l.place)
		}
	}
	return places
}

// A key is the same for two records where they are of one container. An id of another
// user's making does not make his record one with ours.
type key struct {
	owner       uint32
	runtime, id string
}

func keyOf(f *Found) key {
	if isLongID(f.ID) {
		return key{owner: f.Owner, id: f.ID}
	}
	return key{f.Owner, f.Runtime, cmp.Or(f.ID, f.Name)}
}

// add takes in what one place tells, and returns the record of the container.
func (c *Catalog) add(f Found) *Found {
	if c.byKey == nil {
		c.byKey = make(map[key]*Found)
	}
	k := keyOf(&f)
	known, ok := c.byKey[k]
	if !ok {
		c.byKey[k] = &f
		c.list = append(c.list, &f)
		return &f
	}
	known.merge(f)
	return known
}

// merge completes a record by another of the same container.
func (f *Found) merge(o Found) {
	f.knownTo(o.Runtime)
	for _, kind := range o.also {
		f.knownTo(kind)
	}
	f.Name, f.Pod = cmp.Or(f.Name, o.Name), cmp.Or(f.Pod, o.Pod)
	f.Sandbox = f.Sandbox || o.Sandbox
	// A file with the time of the start knows best.
	if f.PID == 0 || f.proof.start == 0 && o.proof.start != 0 {
		f.PID, f.proof = o.PID, o.proof
	}
}

// All are the containers, machines and units that run, those of others as far as they
// can be seen, by kind and PID. It takes one pass over /proc; of it and of the state
// files, what cannot be read is passed over.
func (c *Catalog) All() []Found {
	c.scan()
	var all []Found
	for _, f := range c.list {
		if f.PID != 0 && f.running() {
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(cmp.Compare(rank(a.Runtime), rank(b.Runtime)), cmp.Compare(a.PID, b.PID))
	})
	return all
}

// Of tells whose a process is by the text of its /proc/PID/cgroup, which nothing is read
// for: its container, else its unit. PID is that of the first process, or 0 where no
// state file has told it.
func (c *Catalog) Of(cgroup string) (Found, bool) {
	f, ok := inCgroup(cgroup)
	if !ok {
		return Found{}, false
	}
	if known := c.known(&f); known != nil {
		return *known, true
	}
	return f, true
}

// First tells whose first process has a number, by the state files alone: there are
// containers without a cgroup of their own.
func (c *Catalog) First(pid int) (Found, bool) {
	for _, f := range c.list {
		if f.PID == pid && f.running() {
			return *f, true
		}
	}
	return Found{}, false
}

// known is the record of what a cgroup names. Who runs it is told best by the files: not
// every container of an ordinary user is in a cgroup of that user's.
func (c *Catalog) known(f *Found) *Found {
	if known, ok := c.byKey[keyOf(f)]; ok {
		return known
	}
	if !isLongID(f.ID) {
		return nil
	}
	for _, known := range c.list {
		if known.ID == f.ID {
			return known
		}
	}
	return nil
}
