package nsenter

import (
	"slices"
	"strings"
	"testing"
)

func TestEnvironmentOfTools(t *testing.T) {
	const rest = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	callers := []string{"PATH=/own/bin:/bin:/usr/bin", "HOME=/home/me", "TERM=x"}
	tests := []struct {
		line string
		user bool // whether a user namespace is entered
		want []string
	}{
		{"-t 7 --tools", false, []string{"HOME=/home/me", "TERM=x", "PATH=/own/bin:/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"}},
		{"-t 7 --tools --preserve-credentials", true, []string{"HOME=/home/me", "TERM=x", "PATH=/own/bin:/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"}},
		{"-t 7 --tools", true, []string{"TERM=x", "PATH=/own/bin:/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin", "HOME=/"}},
		{"-t 7 --tools -S 5 --env=HOME", false, []string{"TERM=x", "PATH=/own/bin:/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin", "HOME=/target"}},
		{"-t 7 --tools=/d", false, []string{"TERM=x", "PATH=" + rest, "HOME=/"}},
		{"-t 7 --tools=/d -e", false, []string{"HOME=/target"}},
		{"-t 7 -p --mount-proc -S 5", false, callers},
	}
	for _, tt := range tests {
		o, err := Parse(append([]string{"nsenter"}, strings.Fields(tt.line)...))
		if err != nil {
			t.Fatalf("%s: %v", tt.line, err)
		}
		c := compiler{opened: &opened{Options: o, env: []string{"HOME=/target"}}, callers: callers, user: tt.user}
		if got := c.environment(); !slices.Equal(got, tt.want) {
			t.Errorf("%s, user namespace %v:\n got %q\nwant %q", tt.line, tt.user, got, tt.want)
		}
	}
	c := compiler{opened: &opened{Options: &Options{Tools: new(string)}}}
	if got := c.environment(); !slices.Equal(got, []string{"PATH=" + rest}) {
		t.Errorf("without PATH: %q", got)
	}
}
