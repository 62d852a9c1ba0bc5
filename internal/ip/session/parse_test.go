package session

import (
	"slices"
	"testing"
)

// TestFind abbreviates options: the first match in ip's order wins.
func TestFind(t *testing.T) {
	for word, want := range map[string]string{
		"-l": "loops", "-f": "family", "-fo": "force", "-4": "4", "-h": "human-readable", "-he": "help", "-i": "iec",
		"-s": "statistics", "-sta": "statistics", "-stats": "stats", "-d": "details", "-r": "resolve", "-rc": "rcvbuf", "-o": "oneline",
		"-t": "timestamp", "-ts": "tshort", "-V": "Version", "-b": "batch", "-br": "brief", "-j": "json", "-p": "pretty",
		"-c": "color", "-c=never": "color", "-co=always": "color", "--col=": "color", "-color=auto": "color", "-n": "netns", "-N": "Numeric", "-a": "all",
		"--all": "all", "--json": "json", "--a": "all", "--n": "netns",
		"--jobs": "jobs", "--explain": "explain", "--explain=json": "explain=json", "--completion": "completion",
	} {
		got, _, _, err := FindOption(word)
		if err != nil {
			t.Errorf("%s: %v", word, err)
		} else if got.Name != want {
			t.Errorf("%s: got %s; want %s", word, got.Name, want)
		}
	}
	// Options that ip lacks are never abbreviated and have two dashes; ---all has too many.
	for _, word := range []string{"-", "-x", "-alls", "-jobs", "--job", "-explain", "--expl", "--explain=xml", "-completion", "---all", "-v", "-color=foo", "-c=nev", "-colour", "-all=always"} {
		if got, _, _, err := FindOption(word); err == nil {
			t.Errorf("%s: got %s; want an error", word, got.Name)
		}
	}
}

func TestParse(t *testing.T) {
	o, rest, err := Parse([]string{"-all", "--json", "-n", "-x", "-b", "file", "--jobs", "4", "exec", "-j", "--"})
	if err != nil {
		t.Fatal(err)
	}
	if !o.All || !o.JSON || *o.Netns != "-x" || *o.Batch != "file" || *o.Jobs != "4" || o.Pretty {
		t.Errorf("got %+v", o)
	}
	if want := []string{"exec", "-j", "--"}; !slices.Equal(rest, want) {
		t.Errorf("rest %q; want %q", rest, want)
	}
	o, rest, err = Parse([]string{"--jobs=4", "--completion=fish", "--explain=json", "exec"})
	if err != nil || *o.Jobs != "4" || o.Completion != "fish" || o.Explain != "json" || len(rest) != 1 {
		t.Errorf("with equals signs: got %+v, %q, %v", o, rest, err)
	}
	if _, rest, err = Parse([]string{"-j", "--", "-all"}); err != nil || !slices.Equal(rest, []string{"-all"}) {
		t.Errorf("behind --: %q, %v", rest, err)
	}
	if o, _, err = Parse([]string{"-c=never", "-color=auto", "-rcvbuf", "0x10", "-f", "inet6"}); err != nil || o.Color != "auto" || o.family != "inet6" {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, args := range [][]string{
		{"-n"}, {"-b"}, {"-all", "-foo"}, {"--jobs"}, {"-f", "foo"}, {"-f", ""}, {"-rcvbuf", "-1"}, {"-rc", "many"},
		{"-jobs=4"}, {"--netns=a"}, {"--explain=xml"}, {"--=4"},
	} {
		if _, _, err := Parse(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func TestCheckJobs(t *testing.T) {
	for value, ok := range map[string]bool{"1": true, "12": true, "2147483647": true, "007": true,
		"": false, "0": false, "-1": false, "+1": false, "0x2": false, "1.5": false, " 1": false, "2147483648": false, "99999999999999999999": false} {
		o := &Options{All: true, Jobs: &value}
		if err := o.CheckJobs(); (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
	if err := new(Options).CheckJobs(); err != nil {
		t.Error(err)
	}
	value := "2"
	if new(Options).CheckJobs() != nil || (&Options{Jobs: &value}).CheckJobs() == nil {
		t.Error("--jobs without -all is taken")
	}
}
