package kernel

import (
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// TestOptional: a call that may fail jumps over the whole rest, the lists for undoing that
// stand among it included.
func TestOptional(t *testing.T) {
	try := plan.Chroot("/a", "")
	try.Accept = unix.ENOENT
	undone := plan.Chroot("/b", "cannot b")
	undone.Undo = []plan.Call{plan.Chdir("/c", "")}
	var p plan.Plan
	p.Add("", plan.Optional{Call: try, Rest: []plan.Op{undone, plan.Chdir("/d", "")}}, plan.Chdir("/e", ""))
	got, err := Listing(&p, Reporter{Name: "x"})
	const want = `  1 call chroot("/a") accept 2 skip 5
  2 jump 5
  3 call chdir("/c")
  4 exit
  5 call chroot("/b") undo 3 | x: cannot b:  hint
  6 call chdir("/d")
  7 call chdir("/e")
`
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestSketchedLeavesNothing checks that no address of a command line stays in the memory of the
// sketch. The collector would find it after the command line has been freed.
func TestSketchedLeavesNothing(t *testing.T) {
	sketch := func(s *Sketch) bool {
		s.Words()
		s.Command(1)
		return true
	}
	if _, ok := Sketched(sketch, []string{"x", "true"}, []string{"A=1"}, 0, 0, 42); !ok {
		t.Fatal("nothing was sketched")
	}
	if sketched.image.argv != nil || sketched.image.paths != nil || sketched.words[0] != "" || sketched.program.execs != nil {
		t.Errorf("%+v %q", sketched.image, sketched.words[:2])
	}
}
