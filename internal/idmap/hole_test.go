package idmap

import (
	"slices"
	"testing"
)

func explicit(inner, outer, count uint32) Entry {
	return Entry{Range: Range{inner, outer, count}}
}

func auto(outer, count uint32) Entry {
	return Entry{Range: Range{0, outer, count}, Auto: true}
}

func TestHole(t *testing.T) {
	const top = 4294967295
	tests := []struct {
		name    string
		entries []Entry
		single  *Pair
		want    Map
	}{
		{"nothing", nil, nil, Map{}},
		{"single alone", nil, &Pair{0, 1000}, Map{{0, 1000, 1}}},
		{"explicit alone", []Entry{explicit(5, 100, 10), explicit(0, 0, 0)}, nil, Map{{5, 100, 10}, {0, 0, 0}}},
		{"auto alone", []Entry{auto(100000, 65536)}, nil, Map{{0, 100000, 65536}}},
		{"auto ignores its inner id", []Entry{{Range{7, 100000, 10}, true}}, &Pair{3, 0}, Map{{3, 0, 1}, {0, 100000, 3}, {4, 100003, 7}}},

		{"auto around current user", []Entry{auto(100000, 65536)}, &Pair{1000, 1000}, Map{{1000, 1000, 1}, {0, 100000, 1000}, {1001, 101000, 64536}}},
		{"auto around root", []Entry{auto(100000, 65536)}, &Pair{0, 1000}, Map{{0, 1000, 1}, {1, 100000, 65536}}},
		{"auto last inner shifts", []Entry{auto(100, 10)}, &Pair{9, 0}, Map{{9, 0, 1}, {0, 100, 9}, {10, 109, 1}}},
		{"auto below inner", []Entry{auto(100, 10)}, &Pair{10, 0}, Map{{10, 0, 1}, {0, 100, 10}}},
		{"auto holds outer", []Entry{auto(100, 10)}, &Pair{50, 103}, Map{{50, 103, 1}, {0, 100, 3}, {3, 104, 6}}},
		{"auto holds both, inner first", []Entry{auto(100, 10)}, &Pair{2, 105}, Map{{2, 105, 1}, {0, 100, 2}, {3, 102, 3}, {6, 106, 4}}},
		{"auto holds both, outer first", []Entry{auto(100, 10)}, &Pair{5, 102}, Map{{5, 102, 1}, {0, 100, 2}, {2, 103, 3}, {6, 106, 4}}},
		{"auto of the single outer id", []Entry{auto(100, 1)}, &Pair{0, 100}, Map{{0, 100, 1}}},

		{"explicit apart", []Entry{explicit(10, 100, 10)}, &Pair{0, 0}, Map{{0, 0, 1}, {10, 100, 10}}},
		{"explicit ends before inner", []Entry{explicit(0, 100, 10)}, &Pair{10, 0}, Map{{10, 0, 1}, {0, 100, 10}}},
		{"explicit ends before outer", []Entry{explicit(10, 100, 10)}, &Pair{0, 110}, Map{{0, 110, 1}, {10, 100, 10}}},
		{"explicit holds inner", []Entry{explicit(0, 100, 10)}, &Pair{4, 0}, Map{{4, 0, 1}, {0, 100, 4}, {5, 104, 5}}},
		{"explicit first inner", []Entry{explicit(0, 100, 10)}, &Pair{0, 0}, Map{{0, 0, 1}, {1, 100, 9}}},
		{"explicit last inner", []Entry{explicit(0, 100, 10)}, &Pair{9, 0}, Map{{9, 0, 1}, {0, 100, 9}}},
		{"explicit holds outer", []Entry{explicit(0, 100, 10)}, &Pair{50, 104}, Map{{50, 104, 1}, {0, 100, 4}, {4, 105, 5}}},
		{"explicit last outer", []Entry{explicit(0, 100, 10)}, &Pair{50, 109}, Map{{50, 109, 1}, {0, 100, 9}}},
		{"explicit holds the pair itself", []Entry{explicit(0, 100, 10)}, &Pair{4, 104}, Map{{4, 104, 1}, {0, 100, 4}, {5, 105, 5}}},
		{"explicit holds both apart", []Entry{explicit(0, 100, 10)}, &Pair{7, 102}, Map{{7, 102, 1}, {0, 100, 2}, {2, 103, 5}, {8, 108, 2}}},
		{"explicit is the pair", []Entry{explicit(4, 104, 1)}, &Pair{4, 104}, Map{{4, 104, 1}}},
		{"order", []Entry{explicit(20, 20, 5), auto(100, 5), explicit(0, 0, 2)}, &Pair{1, 22}, Map{{1, 22, 1}, {20, 20, 2}, {22, 23, 2}, {0, 100, 1}, {2, 101, 4}, {0, 0, 1}}},

		{"all ids", []Entry{explicit(0, 0, top)}, &Pair{0, 1000}, Map{{0, 1000, 1}, {1, 0, 1000}, {1001, 1001, top - 1001}}},
		{"all ids auto", []Entry{auto(0, top)}, &Pair{0, top - 1}, Map{{0, top - 1, 1}, {1, 0, top - 1}}},
		{"topmost id", []Entry{explicit(top-3, top-6, 3)}, &Pair{top - 1, top - 6}, Map{{top - 1, top - 6, 1}, {top - 3, top - 5, 2}}},

		{"empty is left to the kernel", []Entry{explicit(4, 104, 0), auto(7, 0)}, &Pair{4, 104}, Map{{4, 104, 1}, {4, 104, 0}, {0, 7, 0}}},
		{"no id is left to the kernel", []Entry{explicit(top-5, 0, 6)}, &Pair{0, 3}, Map{{0, 3, 1}, {top - 5, 0, 6}}},
		{"past inner is left to the kernel", []Entry{explicit(top-5, 0, 100)}, &Pair{0, 50}, Map{{0, 50, 1}, {top - 5, 0, 100}}},
		{"past outer is left to the kernel", []Entry{auto(top-5, 100)}, &Pair{50, 0}, Map{{50, 0, 1}, {0, top - 5, 100}}},
		{"far past is left to the kernel", []Entry{explicit(top, top, top)}, &Pair{top, top}, Map{{top, top, 1}, {top, top, top}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			entries := slices.Clone(tt.entries)
			if got := Hole(tt.entries, tt.single); !slices.Equal(got, tt.want) {
				t.Errorf("Hole(%v, %v) = %v; want %v", tt.entries, tt.single, got, tt.want)
			}
			if !slices.Equal(tt.entries, entries) {
				t.Errorf("Hole(%v, %v) changed its argument to %v; want it left alone", entries, tt.single, tt.entries)
			}
		})
	}
}

// TestHoleModel compares Hole, for every small entry and pair at either end of
// the ids, with the definition: two lists of ids, each without the single one,
// side by side.
func TestHoleModel(t *testing.T) {
	const span, most = 9, 5
	bases := []uint32{0, 1000, 4294967295 - span}
	for _, base := range bases {
		for n := range uint32(span * span * span * span * (most + 1)) {
			entry := explicit(base+n%span, base+n/span%span, n/(span*span*span*span))
			pair := Pair{base + n/(span*span)%span, base + n/(span*span*span)%span}
			checkModel(t, entry, pair)
			entry.Auto = true
			checkModel(t, entry, Pair{pair.Inner - base, pair.Outer})
		}
	}
}

func checkModel(t *testing.T, entry Entry, pair Pair) {
	t.Helper()
	if !entry.exists() {
		return
	}
	got := Hole([]Entry{entry}, &pair)
	want := append([]Pair{pair}, zip(entry, pair)...)
	if pairs := expand(got); !slices.Equal(pairs, want) {
		t.Fatalf("Hole(%v, %v) = %v, which is %v; want %v", entry, pair, got, pairs, want)
	}
	if n := len(got) - 1; n > 3 {
		t.Fatalf("Hole(%v, %v) = %v, %d pieces; want at most 3", entry, pair, got, n)
	}
	for i := 2; i < len(got); i++ {
		a, b := got[i-1], got[i]
		if a.Inner+a.Count == b.Inner && a.Outer+a.Count == b.Outer {
			t.Fatalf("Hole(%v, %v) = %v; want %v and %v in one piece", entry, pair, got, a, b)
		}
	}
	inner, outer := map[uint32]bool{}, map[uint32]bool{}
	for _, p := range expand(got) {
		if inner[p.Inner] || outer[p.Outer] {
			t.Fatalf("Hole(%v, %v) = %v; want %v mapped once", entry, pair, got, p)
		}
		inner[p.Inner], outer[p.Outer] = true, true
	}
}

// zip is the definition of what Hole leaves of an entry.
func zip(entry Entry, pair Pair) []Pair {
	var inner, outer []uint32
	first, extra := entry.Inner, uint32(0)
	if entry.Auto {
		first, extra = 0, 1
	}
	for n := range entry.Count + extra {
		if id := first + n; id != pair.Inner {
			inner = append(inner, id)
		}
	}
	for n := range entry.Count {
		if id := entry.Outer + n; id != pair.Outer {
			outer = append(outer, id)
		}
	}
	var pairs []Pair
	for n := range min(len(inner), len(outer)) {
		pairs = append(pairs, Pair{inner[n], outer[n]})
	}
	return pairs
}

// expand lists every pair of ids in m.
func expand(m Map) []Pair {
	var pairs []Pair
	for _, r := range m {
		for n := range r.Count {
			pairs = append(pairs, Pair{r.Inner + n, r.Outer + n})
		}
	}
	return pairs
}
