package opt

import (
	"slices"
	"strings"
	"testing"
)

func TestCompletionFish(t *testing.T) {
	b := newBench(t, "fish")
	script := b.script(unshareTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool --mou", "--mount --mount-binfmt --mount-binfmt= --mount-cgroup --mount-cgroup= --mount-proc --mount-proc="},
		{"gotool --pivot", "--pivot-root"},
		{"gotool -f --for", "--fork --forward-signals"},
		{"gotool --mount=zq", "--mount=zqfile"},
		{"gotool --root=d", "--root=dirone/"},
		{"gotool --root d", "dirone/"},
		{"gotool --root zq", ""},
		{"gotool -R d", "dirone/"},
		{"gotool -fRd", "-fRdirone/"},
		{"gotool -fR d", "dirone/"},
		{"gotool --propagation=s", "--propagation=shared --propagation=slave"},
		{"gotool --propagation s", "shared slave"},
		{"gotool --kill-child=K", "--kill-child=KILL"},
		{"gotool --map-user roo", "root"},
		{"gotool -G roo", "root"},
		{"gotool --monotonic ", ""},

		{"gotool toolon", "toolone"},
		{"gotool zq", ""},
		{"gotool --mount toolon", "toolone"},
		{"gotool --root dirone toolon", "toolone"},
		{"gotool -fS 0 toolon", "toolone"},
		{"gotool -fS0 toolon", "toolone"},
		{"gotool -- toolon", "toolone"},
		{"gotool -f -- toolone zq", "zqfile"},
		{"gotool toolone zq", "zqfile"},
		{"gotool toolone --for", ""},
		{"gotool toolone ';' toolon", ""},
		{"gotool gotool --for", "--fork --forward-signals"},
	} {
		b.fish(script, c)
	}
}

// TestCompletionFishGlued is for short options that take a glued value at most. fish
// knows no such option, and so offers nothing behind the letter.
func TestCompletionFishGlued(t *testing.T) {
	b := newBench(t, "fish")
	script := b.script(nsenterTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool -mzq", ""},
		{"gotool -m toolon", "toolone"},
		{"gotool -N 3 toolon", "toolone"},
		{"gotool --wdns=d", "--wdns=dirone/"},
	} {
		b.fish(script, c)
	}
}

// TestCompletionFishListed completes values that the tool itself lists.
func TestCompletionFishListed(t *testing.T) {
	b := newBench(t, "fish")
	b.write("bin/gotool", lister, 0o755)
	script := b.script(nsenterTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool -t docker:", "docker:db docker:web"},
		{"gotool --target=unit:", "--target=unit:cron.service"},
		{"gotool -t docker:w", "docker:web"},
		{"gotool -t docker:web toolon", "toolone"},
	} {
		b.fish(script, c)
	}
}

func (b *bench) fish(script string, c completionCase) {
	b.t.Helper()
	var got []string
	for _, line := range b.run("-c", `source $argv[1]; complete -C "$argv[2]"`, script, c.line) {
		word, _, _ := strings.Cut(line, "\t")
		got = append(got, word)
	}
	slices.Sort(got)
	if strings.Join(got, " ") != c.want {
		b.t.Errorf("%q: got %q, want %q", c.line, got, c.want)
	}
}
