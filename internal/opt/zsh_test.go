package opt

import (
	"slices"
	"testing"
)

// zshDriver types each of the lines after the script $1, and a tab, to a zsh on
// a terminal of its own, and prints what becomes of the line. The marks are quoted
// in two parts, so that the terminal's echo of them is not taken for a mark.
const zshDriver = `
zmodload zsh/zpty
zpty shell 'PS1= zsh -f -i'
answer() {
	local text
	while zpty -r shell text; do
		[[ $text == *'<<<'*'>>>'* ]] && print -r -- ${${text#*<<<}%>>>*} && return
	done
	exit 1
}
zpty -w shell "
autoload -Uz compinit; compinit -u -D; source ${(qq)1}; shift
show() { print -r -- '<''<<'\$BUFFER'>>''>'; BUFFER= }; zle -N show; bindkey '^O' show
print '<''<<ready>>''>'"
[[ $(answer) == ready ]] || exit 1
for line in "${@:2}"; do
	zpty -w -n shell "$line"$'\t\x0f'
	answer
done
zpty -d shell
`

// TestCompletionZsh has zsh complete what is not ambiguous.
func TestCompletionZsh(t *testing.T) {
	cases := []completionCase{
		{"gotool --prop", "gotool --propagation="},
		{"gotool --pivot", "gotool --pivot-root "},
		{"gotool -f --keep", "gotool -f --keep-caps "},
		{"gotool -f --fo", "gotool -f --forward-signals "},
		{"gotool --mount=zq", "gotool --mount=zqfile "},
		{"gotool --root=d", "gotool --root=dirone/"},
		{"gotool --root d", "gotool --root dirone/"},
		{"gotool -Rd", "gotool -Rdirone/"},
		{"gotool -R=d", "gotool -R=d"},
		{"gotool -fRd", "gotool -fRdirone/"},
		{"gotool -fR d", "gotool -fR dirone/"},
		{"gotool --propagation=sl", "gotool --propagation=slave "},
		{"gotool --propagation sl", "gotool --propagation slave "},
		{"gotool --kill-child=KI", "gotool --kill-child=KILL "},
		{"gotool --map-user roo", "gotool --map-user root "},
		{"gotool --monotonic zq", "gotool --monotonic zq"},

		{"gotool toolon", "gotool toolone "},
		{"gotool --mount toolon", "gotool --mount toolone "},
		{"gotool --mount docu", "gotool --mount docu"},
		{"gotool --root dirone toolon", "gotool --root dirone toolone "},
		{"gotool -fS 0 toolon", "gotool -fS 0 toolone "},
		{"gotool -- toolon", "gotool -- toolone "},
		{"gotool -- --keep", "gotool -- --keep"},
		{"gotool toolone zq", "gotool toolone zqfile "},
		{"gotool toolone --keep", "gotool toolone --keep"},
		{"gotool toolone --root d", "gotool toolone --root d"},
		{"gotool gotool --keep", "gotool gotool --keep-caps "},
	}
	b := newBench(t, "zsh")
	args := []string{"-f", "-c", zshDriver, "zsh", b.script(unshareTable(), "gotool")}
	want := make([]string, len(cases))
	for i, c := range cases {
		args = append(args, c.line)
		want[i] = c.want
	}
	if got := b.run(args...); !slices.Equal(got, want) {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

// TestCompletionZshGlued is for short options that take a glued value at most.
func TestCompletionZshGlued(t *testing.T) {
	b := newBench(t, "zsh")
	script := b.script(nsenterTable(), "gotool")
	got := b.run("-f", "-c", zshDriver, "zsh", script, "gotool -mzq", "gotool -amzq", "gotool -m toolon", "gotool --wdns=d")
	want := []string{"gotool -mzqfile ", "gotool -amzqfile ", "gotool -m toolone ", "gotool --wdns=dirone/"}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

// TestCompletionZshListed completes values that the tool itself lists.
func TestCompletionZshListed(t *testing.T) {
	b := newBench(t, "zsh")
	b.write("bin/gotool", lister, 0o755)
	script := b.script(nsenterTable(), "gotool")
	got := b.run("-f", "-c", zshDriver, "zsh", script, "gotool -t un", "gotool -t docker:w", "gotool --target=docker:d", "gotool -tdocker:w", "gotool -t docker:web toolon")
	want := []string{"gotool -t unit:cron.service ", "gotool -t docker:web ", "gotool --target=docker:db ", "gotool -tdocker:web ", "gotool -t docker:web toolone "}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}
