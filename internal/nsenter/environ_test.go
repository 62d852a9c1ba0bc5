package nsenter

import (
	"slices"
	"strings"
	"testing"
)

func TestEnviron(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"ordinary", "A=1\x00B=2\x00", []string{"A=1", "B=2"}},
		{"empty", "", nil},
		{"only ends", "\x00\x00\x00", nil},
		{"no end", "A=1\x00B=2", []string{"A=1", "B=2"}},
		{"a title over it", "ginx: master process\x00\x00\x00\x00AIL=x\x00", []string{"AIL=x"}},
		{"no variables", "=x\x00y\x00Z=\x00", []string{"Z="}},
		{"two of a name", "A=1\x00B=2\x00A=3\x00", []string{"A=1", "B=2"}},
		{"bytes", "\xff=\n\x1b[m\x00", []string{"\xff=\n\x1b[m"}},
		{"equals in the value", "A==\x00", []string{"A=="}},
	}
	for _, tt := range tests {
		if got := environ(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q; want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzEnviron(f *testing.F) {
	f.Add("A=1\x00B\x00=\x00A=2")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, s := range environ(text) {
			name, _, ok := strings.Cut(s, "=")
			if !ok || name == "" || seen[name] || strings.Contains(s, "\x00") {
				t.Errorf("%q gives %q", text, s)
			}
			seen[name] = true
		}
	})
}

func TestUnified(t *testing.T) {
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"0::/a/b\n", "a/b", true},
		{"0::/\n", "", true},
		{"5:cpu:/x\n0::/a:b/0::/c\n", "a:b/0::/c", true},
		{"0::/../x\n", "../x", true},
		{"5:cpu:/x\n", "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if got, ok := unifiedPath(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %v; want %q, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestPick(t *testing.T) {
	callers, targets := []string{"A=1", "B=2", "A=3", "C=4"}, []string{"B=target", "A=x=y", "D=5"}
	tests := []struct {
		names string
		want  []string
	}{
		{"B", []string{"A=1", "A=3", "C=4", "B=target"}},
		{"A", []string{"B=2", "C=4", "A=x=y"}}, // without the caller's second one
		{"D,B", []string{"A=1", "A=3", "C=4", "D=5", "B=target"}},
		{"C", []string{"A=1", "B=2", "A=3"}}, // the target has none
		{"E", []string{"A=1", "B=2", "A=3", "C=4"}},
	}
	for _, tt := range tests {
		if got := withVariables(callers, targets, strings.Split(tt.names, ",")); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q; want %q", tt.names, got, tt.want)
		}
	}
	if callers[0] != "A=1" {
		t.Error("the caller's environment was changed")
	}
}

func TestSetEnv(t *testing.T) {
	for _, line := range []string{"--env=", "--env=A,", "--env=,A", "--env=A=B", "--env=A,,B"} {
		if _, err := Parse([]string{"nsenter", line, "true"}); err == nil {
			t.Errorf("%s is taken", line)
		}
	}
	o, err := Parse([]string{"nsenter", "--env=A,B", "--env=B,C", "-eF", "true"})
	if err != nil || !slices.Equal(o.EnvNames, []string{"A", "B", "C"}) || !o.Env || !o.NoFork {
		t.Errorf("%+v, %v", o, err)
	}
}
