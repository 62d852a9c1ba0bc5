package opt

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// bashDriver calls the function of script $1 as bash does for the line $2, whose
// pieces are the rest of the arguments, and prints what it replies.
const bashDriver = `
compopt() { [[ $2 == nospace ]] && nospace=yes; return 0; }
source "$1"
COMP_LINE=$2 COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3)) COMP_POINT=${#2}
_gotool
((${#COMPREPLY[@]} == 0)) || printf "%s${nospace:+~}\n" "${COMPREPLY[@]}"
`

// bashCases want the replies sorted and separated by blanks; a "~" ends those that no
// space is to follow.
func bashCases() []completionCase {
	return []completionCase{
		{"gotool --mo", "--monotonic= --mount --mount-binfmt --mount-binfmt= --mount-cgroup --mount-cgroup= --mount-proc --mount-proc= --mount="},
		{"gotool --prop", "--propagation=~"},
		{"gotool --for", "--fork --forward-signals"},
		{"gotool -f --keep", "--keep-caps"},
		{"gotool -m", "-m"},
		{"gotool --pivot", "--pivot-root"},

		{"gotool --mount=zq", "zqfile"},
		{"gotool --mount=", "bin dirone document zqfile"},
		{"gotool --root=d", "dirone"},
		{"gotool --root d", "dirone"},
		{"gotool --root zq", ""},
		{"gotool -R d", "dirone"},
		{"gotool --mount=d", "dirone document"},
		{"gotool -Rd", "-Rdirone~"},
		{"gotool -fRd", "-fRdirone~"},
		{"gotool -fR d", "dirone"},
		{"gotool --propagation=s", "shared slave"},
		{"gotool --propagation s", "shared slave"},
		{"gotool --kill-child=K", "KILL"},
		{"gotool --map-user roo", "root"},
		{"gotool -G roo", "root"},
		{"gotool --monotonic ", ""},
		{"gotool --fork=", ""},

		{"gotool toolon", "toolone"},
		{"gotool --mount toolon", "toolone"},
		{"gotool --mount= toolon", "toolone"},
		{"gotool --mount=x=y toolon", "toolone"},
		{"gotool --map-users 0:1:2 toolon", "toolone"},
		{"gotool --root dirone toolon", "toolone"},
		{"gotool --root=dirone toolon", "toolone"},
		{"gotool -fS 0 toolon", "toolone"},
		{"gotool -fS0 toolon", "toolone"},
		{"gotool -S --fork toolon", "toolone"},
		{"gotool -- toolon", "toolone"},
		{"gotool toolone zq", "zqfile"},
		{"gotool toolone --for", ""},
		{"gotool -- toolone --for", ""},
	}
}

// bashPieces parts a line as bash does with the given word breaks.
func bashPieces(line, breaks string) []string {
	pieces := regexp.MustCompile(`["`+breaks+`]+|[^" `+breaks+`]+`).FindAllString(line, -1)
	if strings.HasSuffix(line, " ") {
		pieces = append(pieces, "")
	}
	return pieces
}

func TestCompletionBash(t *testing.T) {
	b := newBench(t, "bash")
	script := b.script(unshareTable(), "gotool")
	for _, c := range bashCases() {
		args := append([]string{"-c", bashDriver, "bash", script, c.line}, bashPieces(c.line, "=:")...)
		got := b.run(args...)
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestCompletionBashWhole is for COMP_WORDBREAKS without "=": a reply then
// replaces the whole word.
func TestCompletionBashWhole(t *testing.T) {
	b := newBench(t, "bash")
	script := b.script(unshareTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool --mount=zq", "--mount=zqfile"},
		{"gotool --propagation=s", "--propagation=slave --propagation=shared"},
		{"gotool --mount=x toolon", "toolone"},
	} {
		args := append([]string{"-c", bashDriver, "bash", script, c.line}, strings.Fields(c.line)...)
		if got := strings.Join(b.run(args...), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestCompletionBashGlued is for short options that take a glued value at most.
func TestCompletionBashGlued(t *testing.T) {
	b := newBench(t, "bash")
	script := b.script(nsenterTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool -mzq", "-mzqfile~"},
		{"gotool -amzq", "-amzqfile~"},
		{"gotool -m toolon", "toolone"},
		{"gotool -N 3 toolon", "toolone"},
		{"gotool --wdns=d", "dirone"},
	} {
		args := append([]string{"-c", bashDriver, "bash", script, c.line}, bashPieces(c.line, "=:")...)
		if got := strings.Join(b.run(args...), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestCompletionBashFew is for tables that lack a kind of short options.
func TestCompletionBashFew(t *testing.T) {
	b := newBench(t, "bash")
	for _, table := range []*Table{loneTable(), {}} {
		args := []string{"-c", bashDriver, "bash", b.script(table, "gotool"), "gotool -Wx toolon", "gotool", "-Wx", "toolon"}
		if got := strings.Join(b.run(args...), " "); got != "toolone" {
			t.Errorf("got %q", got)
		}
	}
	args := []string{"-c", bashDriver, "bash", b.script(loneTable(), "gotool"), "gotool -W zq toolon", "gotool", "-W", "zq", "toolon"}
	if got := strings.Join(b.run(args...), " "); got != "toolone" {
		t.Errorf("got %q", got)
	}
}

// TestCompletionBashOffset wants the operands left to bash-completion where that is loaded.
func TestCompletionBashOffset(t *testing.T) {
	b := newBench(t, "bash")
	script := b.script(unshareTable(), "gotool")
	const offset = `_command_offset() { COMPREPLY=("${COMP_WORDS[$1]}@$1"); }`
	for _, c := range []completionCase{
		{"gotool toolon", "toolon@1"},
		{"gotool --root=dirone toolone -x zq", "toolone@4"},
		{"gotool -R dirone -- toolone -x", "toolone@4"},
		{"gotool -R dirone -- ", "@4"},
	} {
		args := append([]string{"-c", offset + bashDriver, "bash", script, c.line}, bashPieces(c.line, "=:")...)
		if got := strings.Join(b.run(args...), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestCompletionBashListed completes values that the tool itself lists, with colons in them.
func TestCompletionBashListed(t *testing.T) {
	b := newBench(t, "bash")
	b.write("bin/gotool", lister, 0o755)
	script := b.script(nsenterTable(), "gotool")
	for _, c := range []completionCase{
		{"gotool -t do", "docker:db docker:web"},
		{"gotool -t docker:w", "web"},
		{"gotool -t docker:", "db web"},
		{"gotool --target=unit:", "cron.service"},
		{"gotool --target unit:c", "cron.service"},
		{"gotool -tun", "-tunit:cron.service"},
		{"gotool -t x", ""},
		{"gotool -t docker:web toolon", "toolone"},
	} {
		args := append([]string{"-c", bashDriver, "bash", script, c.line}, bashPieces(c.line, "=:")...)
		got := b.run(args...)
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}
