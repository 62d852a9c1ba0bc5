package nsenter

import (
	"reflect"
	"strings"
	"testing"

	"nstools/internal/ns"
)

func text(s string) *string { return &s }

func TestParse(t *testing.T) {
	five := 5
	kinds := func(set ...any) (k [8]choice) {
		for i := 0; i < len(set); i += 2 {
			k[set[i].(int)] = choice{true, set[i+1].(*string)}
		}
		return k
	}
	const user, ipc, net, pid, mount = ns.User, ns.IPC, ns.Net, ns.PID, ns.Mount
	all := (*string)(nil)
	tests := []struct {
		line string
		want Options
	}{
		{"-t 12 -a true", Options{Target: &targetRef{pid: 12}, All: true, Command: []string{"true"}}},
		{"--target=12:34 -n", Options{Target: &targetRef{pid: 12, inode: 34}, Kinds: kinds(net, all)}},
		{"-t 12 -m -i -p -- -x", Options{Target: &targetRef{pid: 12}, Kinds: kinds(mount, all, ipc, all, pid, all), Command: []string{"-x"}}},
		{"-t +7 -n -t 0", Options{Target: &targetRef{pid: 7}, Kinds: kinds(net, all)}}, // the second one is the error
		{"-n/f", Options{Kinds: kinds(net, text("/f")), named: []namedFile{{net, "/f"}}}},
		{"-n=/f", Options{Kinds: kinds(net, text("/f")), named: []namedFile{{net, "/f"}}}},
		{"--net=/f", Options{Kinds: kinds(net, text("/f")), named: []namedFile{{net, "/f"}}}},
		{"-min", Options{Kinds: kinds(mount, text("in")), named: []namedFile{{mount, "in"}}}},
		{"-n/f -n", Options{Kinds: kinds(net, text("/f")), named: []namedFile{{net, "/f"}}}},
		{"-n=:9", Options{Kinds: kinds(net, text(":9")), named: []namedFile{{net, ":9"}}}},
		{"-U -S 0 -G follow", Options{Kinds: kinds(user, all), SetUID: &id{n: 0}, SetGID: &id{follow: true}}},
		{"-N 5 --user-parent", Options{Socket: &five, UserParent: true}},
		{"-r -w", Options{Root: dir{target: true}, Dir: dir{target: true}}},
		{"-r/x -w=y", Options{Root: dir{path: text("/x")}, Dir: dir{path: text("y")}, named: []namedFile{{namedRoot, "/x"}, {namedDir, "y"}}}},
		{"-W /x true", Options{DirInside: text("/x"), Command: []string{"true"}}},
		{"-ecFZ --preserve-credentials --keep-caps", Options{Env: true, JoinCgroup: true, NoFork: true, Context: true, Preserve: true, KeepCaps: true}},
		{"--pre --tar 3", Options{Preserve: true, Target: &targetRef{pid: 3}}},
	}
	for _, tt := range tests {
		o, err := Parse(append([]string{"nsenter"}, strings.Fields(tt.line)...))
		if tt.line == "-t +7 -n -t 0" {
			if err == nil || err.Error() != "option --target may be given only once" {
				t.Errorf("%s: %v", tt.line, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
			continue
		}
		if len(o.Command) == 0 {
			o.Command = nil
		}
		if !reflect.DeepEqual(*o, tt.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.line, *o, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for line, want := range map[string]string{
		"-t +":            "failed to parse pid: '+'",
		"-t -x":           "failed to parse pid: '-x'",
		"-t -1":           "failed to parse pid: '-1'",
		"-t 4294967297":   "failed to parse pid: '4294967297': Numerical result out of range",
		"-t 2147483648":   "failed to parse pid: '2147483648': Numerical result out of range",
		"-t 5:":           "failed to parse pid: '5:'",
		"-t 5:0":          "failed to parse pid: '5:0'",
		"-t 5:x":          "failed to parse pid: '5:x'",
		"-t 5 -t 6":       "option --target may be given only once",
		"-S x":            "failed to parse uid: 'x'",
		"-G 4294967296":   "failed to parse gid: '4294967296': Numerical result out of range",
		"-N x":            "failed to parse file descriptor: 'x'",
		"-N -1":           "failed to parse file descriptor: '-1'",
		"-w -W /":         "mutually exclusive arguments: --wdns --wd",
		"-W / -w/x":       "mutually exclusive arguments: --wdns --wd",
		"--explain=xml":   "unsupported --explain argument 'xml'",
		"--expl":          "unrecognized option '--expl'",
		"--bogus":         "unrecognized option '--bogus'",
		"-t":              "option requires an argument -- 't'",
		"--u":             "option '--u' is ambiguous; possibilities: '--uts' '--user' '--user-parent'",
		"--completion=ps": "",
	} {
		_, err := Parse(append([]string{"nsenter"}, strings.Fields(line)...))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", line, err)
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%s: %v; want %s", line, err, want)
		}
	}
}

func TestIsName(t *testing.T) {
	for word, want := range map[string]bool{
		"web": true, "docker:web": true, "1aabf1b61c3b": true, "5x": true, "x:1": true, "é": true, "\x1b": true, "/": true,
		"5": false, "5:": false, "5:6": false, "5:x": false, "": false, ":": false, ":x": false,
		"-1": false, "-x": false, "+5": false, "+x": false, " 5": false, "\tx": false, "99999999999999999999": false,
	} {
		if got := isName(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

// TestNamesKeepTheirPlace checks that a name is looked up where the command line has it, as
// files are opened.
func TestNamesKeepTheirPlace(t *testing.T) {
	o, err := Parse(strings.Fields("nsenter -n/x -t docker:web -u/y"))
	if err != nil {
		t.Fatal(err)
	}
	want := []namedFile{{ns.Net, "/x"}, {kind: namedTarget}, {ns.UTS, "/y"}}
	if !reflect.DeepEqual(o.named, want) || o.Target == nil || o.Target.name != "docker:web" {
		t.Errorf("%+v, %+v", o.named, o.Target)
	}
}
