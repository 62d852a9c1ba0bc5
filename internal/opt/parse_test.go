package opt

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// parseCase is one command line and the lines of its outcome. The seeds of the
// fuzz test are made of them, so each expectation is glibc's own as well.
type parseCase struct {
	table func() *Table
	args  string // separated by spaces; "''" is an empty word
	want  string // separated by "; "
}

func (c parseCase) words() []string {
	words := strings.Fields(c.args)
	for i, word := range words {
		if word == "''" {
			words[i] = ""
		}
	}
	return words
}

func parseCases() []parseCase {
	const (
		mounts = "error option '--m' is ambiguous; possibilities: '--mount' '--mount-proc' '--mount-binfmt' '--map-user' '--map-users' '--map-group' '--map-groups' '--map-root-user' '--map-current-user' '--map-auto' '--map-subids' '--monotonic'"
		odd    = "possibilities: '--abcd' '--abc' '--ab' '--b-' '--caf\u00e9'"
	)
	return []parseCase{
		// Operands end the options.
		{unshareTable, "", ""},
		{unshareTable, "ls -l", "operand ls; operand -l"},
		{unshareTable, "-f ls --help", "option fork; operand ls; operand --help"},
		{unshareTable, "- -f", "operand -; operand -f"},
		{unshareTable, "'' -f", "operand ; operand -f"},
		{unshareTable, "-f -- -r", "option fork; operand -r"},
		{unshareTable, "--", ""},
		{unshareTable, "-- --", "operand --"},
		{unshareTable, "ls -- -f", "operand ls; operand --; operand -f"},

		// Clusters and the values of short options.
		{unshareTable, "-Urpf", "option user; option map-root-user; option pid; option fork"},
		{unshareTable, "-fR/dir", "option fork; option root=/dir"},
		{unshareTable, "-fR /dir", "option fork; option root=/dir"},
		{unshareTable, "-R=/dir", "option root==/dir"},
		{unshareTable, "-S0 -G 0", "option setuid=0; option setgid=0"},
		{unshareTable, "-S -f ls", "option setuid=-f; operand ls"},
		{unshareTable, "-S -- ls", "option setuid=--; operand ls"},
		{unshareTable, "-S '' ls", "option setuid=; operand ls"},
		{unshareTable, "-fS", "option fork; error option requires an argument -- 'S'"},
		{unshareTable, "-m/file", "option mount; error invalid option -- '/'"},
		{unshareTable, "-m=/file", "option mount; error invalid option -- '='"},
		{unshareTable, "-fx", "option fork; error invalid option -- 'x'"},
		{unshareTable, "-f-", "option fork; error invalid option -- '-'"},
		{unshareTable, "-f-- ls", "option fork; error invalid option -- '-'"},
		{unshareTable, "-:", "error invalid option -- ':'"},
		{unshareTable, "-;", "error invalid option -- ';'"},
		{unshareTable, "-+", "error invalid option -- '+'"},
		{unshareTable, "-W foo", "error invalid option -- 'W'"},
		{unshareTable, "-f\u00e9", "option fork; error invalid option -- '\xc3'"},
		{unshareTable, "-\xff", "error invalid option -- '\xff'"},
		{nsenterTable, "-m -t 1", "option mount; option target=1"},
		{nsenterTable, "-m/file -t1", "option mount=/file; option target=1"},
		{nsenterTable, "-am/file", "option all; option mount=/file"},
		{nsenterTable, "-m=/file", "option mount==/file"},
		{nsenterTable, "-mu", "option mount=u"},
		{nsenterTable, "-m /file", "option mount; operand /file"},
		{nsenterTable, "-Wdir -W dir", "option wdns=dir; option wdns; operand dir"},
		{oddTable, "-x -y --abcd --abc -y", "option abcd=-y; option abcd; option abc=-y"},
		{oddTable, "-yz-", "option abc; option ab=-"},
		{oddTable, "-\u00e9", "error invalid option -- '\xc3'"},
		{oddTable, "-e\u00e9 -=+ x", "option caf\u00e9=\u00e9; option b-; option a-b; operand x"},
		{loneTable, "-W -W -Wx", "option lone=-W; option lone=x"},

		// Long options.
		{unshareTable, "--fork --root /dir ls", "option fork; option root=/dir; operand ls"},
		{unshareTable, "--root=/dir", "option root=/dir"},
		{unshareTable, "--root=", "option root="},
		{unshareTable, "--root=a=b", "option root=a=b"},
		{unshareTable, "--root -- ls", "option root=--; operand ls"},
		{unshareTable, "--root --fork ls", "option root=--fork; operand ls"},
		{unshareTable, "--mount /file", "option mount; operand /file"},
		{unshareTable, "--mount=/file --mount=", "option mount=/file; option mount="},
		{unshareTable, "--map-user", "error option '--map-user' requires an argument"},
		{unshareTable, "--fork=x", "error option '--fork' doesn't allow an argument"},
		{unshareTable, "--fork=", "error option '--fork' doesn't allow an argument"},
		{unshareTable, "--bogus", "error unrecognized option '--bogus'"},
		{unshareTable, "--bogus=x=y", "error unrecognized option '--bogus=x=y'"},
		{unshareTable, "---", "error unrecognized option '---'"},
		{unshareTable, "--Fork", "error unrecognized option '--Fork'"},
		{unshareTable, "--\xff=\xfe", "error unrecognized option '--\xff=\xfe'"},

		// Abbreviations: a complaint about the word quotes it as typed, one
		// about the option names it in full.
		{unshareTable, "--fork --for", "option fork; error option '--for' is ambiguous; possibilities: '--fork' '--forward-signals'"},
		{unshareTable, "--forw --prop private", "option forward-signals; option propagation=private"},
		{unshareTable, "--m", mounts},
		{unshareTable, "--m=x", strings.Replace(mounts, "'--m'", "'--m=x'", 1)},
		{unshareTable, "--mount=x --map-user=0", "option mount=x; option map-user=0"},
		{unshareTable, "--map-u=0", "error option '--map-u=0' is ambiguous; possibilities: '--map-user' '--map-users'"},
		{unshareTable, "--clear=x", "error option '--clear-env' doesn't allow an argument"},
		{unshareTable, "--own", "error option '--owner' requires an argument"},
		{oddTable, "--abc=x --ab --abcd", "option abc=x; option ab; option abcd"},
		{oddTable, "--a", "error option '--a' is ambiguous; possibilities: '--abcd' '--abc' '--ab'"},
		{oddTable, "--=x", "error option '--=x' is ambiguous; " + odd},
		{oddTable, "--caf x", "option caf\u00e9=x"},
		{oddTable, "--caf\xc3=x", "option caf\u00e9=x"},
		{oddTable, "--b --b-=x", "option b-; option b-=x"},
		{loneTable, "--=x --l --l=", "option lone=x; option lone; option lone="},

		// Own options.
		{unshareTable, "--pivot-root --mount-cgroup=/x", "option pivot-root; option mount-cgroup=/x"},
		{unshareTable, "--pivot", "error unrecognized option '--pivot'"},
		{unshareTable, "--pivot-root=x", "error option '--pivot-root' doesn't allow an argument"},
		{unshareTable, "--mount-c", "error unrecognized option '--mount-c'"},
		{unshareTable, "--mount-", "error option '--mount-' is ambiguous; possibilities: '--mount-proc' '--mount-binfmt'"},
		{loneTable, "--own --ow", "option own; error unrecognized option '--ow'"},

		// What comes before an error has happened; what comes after has not.
		{unshareTable, "-h --bogus", "option help; error unrecognized option '--bogus'"},
		{unshareTable, "--bogus -h", "error unrecognized option '--bogus'"},
	}
}

func TestParse(t *testing.T) {
	for _, c := range parseCases() {
		if got := strings.Join(parse(c.table(), c.words()...), "; "); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.args, got, c.want)
		}
	}
}

func TestParseOddBytes(t *testing.T) {
	for args, want := range map[string]outcome{
		"--root\ta b\n\t--\n": {"option root=a b\n", "error unrecognized option '--\n'"},
		// No argument vector holds a NUL, and no option has it for a letter.
		"-f\x00": {"option fork", "error invalid option -- '\x00'"},
	} {
		if got := parse(unshareTable(), strings.Split(args, "\t")...); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", args, got, want)
		}
	}
}

func TestParseWithoutName(t *testing.T) {
	if operands, err := unshareTable().Parse(nil); len(operands) != 0 || err != nil {
		t.Errorf("got %q, %v", operands, err)
	}
}

func TestParseUsageError(t *testing.T) {
	_, err := unshareTable().Parse([]string{"program", "--bogus"})
	if usage, ok := errors.AsType[*UsageError](err); !ok || usage.Text != "unrecognized option '--bogus'" {
		t.Errorf("got %#v", err)
	}
}

// TestParsePflagError wants what pflag will not read to be an error all the same.
func TestParsePflagError(t *testing.T) {
	table := &Table{Flags: []Flag{{Short: 'd', Long: "-"}}}
	if got := parse(table, "-d"); len(got) != 1 || !strings.HasPrefix(got[0], "error ") {
		t.Errorf("got %q", got)
	}
}

// TestParseSetError wants the error of a Set as it is, and nothing set after it.
func TestParseSetError(t *testing.T) {
	failure := errors.New("no such thing")
	for args, want := range map[string]error{
		"--stop":         failure,
		"--stop=x":       failure,
		"-s":             failure,
		"--stop --bogus": failure,
		"--stop --never": failure,
		"-sn operand":    failure,
	} {
		t.Run(args, func(t *testing.T) {
			table := &Table{Flags: []Flag{
				{Short: 's', Long: "stop", Arg: Optional, Set: func(string, bool) error { return failure }},
				{Short: 'n', Long: "never", Set: func(string, bool) error {
					t.Error("--never was set")
					return nil
				}},
			}}
			operands, err := table.Parse(append([]string{"program"}, strings.Fields(args)...))
			if err != want || operands != nil {
				t.Errorf("got %q, %v", operands, err)
			}
		})
	}
}
