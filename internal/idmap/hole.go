package idmap

// Hole returns the map that consists of the single id pair followed by the
// entries, in the order given, with room made for the pair. Without a pair,
// single being nil, it consists of the entries as they are.
//
// No id may be mapped twice, so an entry gives way where it meets the pair.
// It keeps its outer ids, less single.Outer, and gives them to its inner ids,
// less single.Inner, from the bottom up. An explicit entry that holds either
// id or both therefore loses one id pair, the topmost; an Auto entry has
// inner ids to spare and loses at most single.Outer itself. Each entry yields
// up to three ranges.
//
// Entries that the kernel refuses in any case, because they are empty or run
// past the last id, stay as they are: splitting them could turn them into
// something valid that nobody asked for.
func Hole(entries []Entry, single *Pair) Map {
	m := make(Map, 0, 3*len(entries)+1)
	if single != nil {
		m = append(m, Range{Inner: single.Inner, Outer: single.Outer, Count: 1})
	}
	for _, e := range entries {
		if e.Auto {
			e.Inner = 0
		}
		if single == nil || !e.exists() {
			m = append(m, e.Range)
			continue
		}
		m = e.appendAround(m, *single)
	}
	return m
}

// appendAround appends to m what is left of e with p taken out. The ids of e
// have to exist.
func (e Entry) appendAround(m Map, p Pair) Map {
	count := uint64(e.Count)
	inner := offset(e.Inner, p.Inner, count)
	outer := offset(e.Outer, p.Outer, count)

	left := count
	if outer < count || inner < count && !e.Auto {
		left--
	}

	// Offsets run over the pairs left. At each of the two holes one side,
	// or both, jumps over an id and a new range begins.
	var start uint64
	for _, end := range [...]uint64{min(inner, outer), max(inner, outer), left} {
		end = min(end, left)
		if start == end {
			continue
		}
		m = append(m, Range{
			Inner: skip(e.Inner, start, inner),
			Outer: skip(e.Outer, start, outer),
			Count: uint32(end - start),
		})
		start = end
	}
	return m
}

// offset returns the place of id among the count ids from first on, or count for any other
// id.
func offset(first, id uint32, count uint64) uint64 {
	if id < first {
		return count
	}
	return min(uint64(id-first), count)
}

// skip returns the id at offset n from first on, not counting the one at
// offset hole.
func skip(first uint32, n, hole uint64) uint32 {
	if n >= hole {
		n++
	}
	return uint32(uint64(first) + n)
}
