package netns

import (
	"math/rand/v2"
	"slices"
	"testing"

	"nstools/internal/kernel"
)

// TestAddMountPoint adds mount points in random order: the short way keeps the same as the long
// way, in the same order.
func TestAddMountPoint(t *testing.T) {
	points := []string{
		"/sys/a", "/sys/a/x", "/sys/a/x/y", "/sys/a-b", "/sys/ab", "/sys/b/x", "/sys/b/y", "/sys/b", "/sys/c", "/sys/c", "/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs",
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		random.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
		some := points[:random.IntN(len(points)+1)]
		var s kernel.Sketch
		count, ok := 0, true
		for _, p := range some {
			if count, ok = addMountPoint(&s, count, p); !ok {
				t.Fatalf("%q: too many", some)
			}
		}
		var got []string
		for _, tree := range trees[:count] {
			got = append(got, tree.Path.String())
		}
		if want := topmost(slices.Clone(some)); !slices.Equal(got, want) {
			t.Fatalf("%q: %q; want %q", some, got, want)
		}
	}
}

// TestTooManyMountPoints adds more mount points than the short way can hold.
func TestTooManyMountPoints(t *testing.T) {
	var s kernel.Sketch
	count, ok := 0, true
	for n := range treesMax + 1 {
		if !ok {
			t.Fatalf("%d are too many", n)
		}
		count, ok = addMountPoint(&s, count, "/sys/"+string(rune('A'+n)))
	}
	if ok {
		t.Errorf("%d are not too many", treesMax+1)
	}
}
