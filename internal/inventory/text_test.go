package inventory

import (
	"encoding/json"
	"strings"
	"testing"

	"nstools/internal/ns"
)

func user(uid uint32) string {
	if uid == 0 {
		return "root"
	}
	return "al ice"
}

// someNamespaces returns nested namespaces with text that is hard to print.
func someNamespaces() []*Node {
	inner := &Namespace{Key: Key{ns.Net, 40}, Processes: 1, First: Process{PID: 7, UID: 1000, Command: "a\x1b[2J\n\tb \xff"}, Names: []string{"/a file\n" + strings.Repeat("x", 50), "second"}}
	list := &Namespace{Key: Key{ns.Net, 41}, Names: []string{"netns:blue"}}
	outer := &Namespace{Key: Key{ns.User, 4026531837}, Processes: 12, First: Process{PID: 1, Command: "init"}, Names: []string{Host}}
	last := &Namespace{Key: Key{ns.UTS, 9}, Processes: 1, First: Process{PID: 3, Command: ""}}
	return []*Node{{Namespace: outer, Children: []*Node{{Namespace: inner, Children: []*Node{{Namespace: list}}}, {Namespace: list}}}, {Namespace: last}}
}

func TestText(t *testing.T) {
	long := `/a\040file\012` + strings.Repeat("x", 50)
	tests := []struct {
		style Style
		want  string
	}{
		{Style{}, strings.ReplaceAll(`
NS         TYPE NPROCS PID USER      NAME                                                             COMMAND
4026531837 user 12     1   root      host                                                             init
|-40       net  1      7   al\040ice LONG a\033[2J\012\011b \377
| ~-41     net  0      -   -         netns:blue                                                       -
~-41       net  0      -   -         netns:blue                                                       -
9          uts  1      3   root      -                                                                -
`, "LONG", long)},
		{Style{Width: 48, Wide: true}, `
NS         TYPE NPROCS PID USER      NAME       
4026531837 user 12     1   root      host       
├─40       net  1      7   al\040ice /a\0...xxx 
│ └─41     net  0      -   -         netns:blue 
└─41       net  0      -   -         netns:blue 
9          uts  1      3   root      -          
`},
		{Style{Width: 80}, `
NS         TYPE NPROCS PID USER      NAME                   COMMAND
4026531837 user 12     1   root      host                   init
|-40       net  1      7   al\040ice /a\040file...xxxxxxxxx a\033[2J\012\011b \3
| ~-41     net  0      -   -         netns:blue             -
~-41       net  0      -   -         netns:blue             -
9          uts  1      3   root      -                      -
`},
		// the longest command fits, and leaves more than its half to names
		{Style{Width: 120}, `
NS         TYPE NPROCS PID USER      NAME                                                         COMMAND
4026531837 user 12     1   root      host                                                         init
|-40       net  1      7   al\040ice /a\040file\012xxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxx a\033[2J\012\011b \377
| ~-41     net  0      -   -         netns:blue                                                   -
~-41       net  0      -   -         netns:blue                                                   -
9          uts  1      3   root      -                                                            -
`},
	}
	for _, tt := range tests {
		tt.style.User = user
		want := strings.TrimPrefix(strings.ReplaceAll(tt.want, "~", "`"), "\n")
		if got := tt.style.Text(someNamespaces()); got != want {
			t.Errorf("width %d\n%s\nwant\n%s", tt.style.Width, got, want)
		}
	}
}

// TestTextKeepsTheCommand checks how long names and long commands share a terminal.
func TestTextKeepsTheCommand(t *testing.T) {
	n := &Namespace{Key: Key{ns.Net, 4026532180}, Processes: 1, First: Process{PID: 4194304, UID: 0, Command: strings.Repeat("c", 300)},
		Names: []string{"docker:" + strings.Repeat("0", 56) + "12345678"}}
	for _, tt := range []struct {
		width         int
		name, command string
	}{
		{80, "docker:000...0012345678", strings.Repeat("c", 20)},
		{100, "docker:000000000000...000000000012345678", strings.Repeat("c", 28)},
		{200, "docker:000000000000...000000000012345678", strings.Repeat("c", 128)},
		{40, "docke...678", ""},
	} {
		_, line, _ := strings.Cut(strings.TrimSuffix(Style{Width: tt.width, User: user}.Text([]*Node{{Namespace: n}}), "\n"), "\n")
		if want := "4026532180 net  1      4194304 root " + tt.name + " " + tt.command; line != want[:min(tt.width, len(want))] || len(line) != tt.width {
			t.Errorf("width %d\n%s\nwant\n%s", tt.width, line, want)
		}
	}
}

func TestJSON(t *testing.T) {
	var got struct {
		Namespaces []map[string]any
		Hidden     int
	}
	text := Style{User: user}.JSON(someNamespaces(), 3)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got.Hidden != 3 || len(got.Namespaces) != 2 {
		t.Errorf("hidden %d, %d namespaces", got.Hidden, len(got.Namespaces))
	}
	outer := got.Namespaces[0]
	inner := outer["children"].([]any)[0].(map[string]any)
	list := inner["children"].([]any)[0].(map[string]any)
	for _, tt := range []struct {
		of   map[string]any
		key  string
		want any
	}{
		{outer, "ns", 4026531837.0}, {outer, "type", "user"}, {outer, "nprocs", 12.0}, {outer, "pid", 1.0},
		{outer, "user", "root"}, {outer, "uid", 0.0}, {outer, "command", "init"}, {outer, "name", "host"}, {outer, "pns", nil}, {outer, "ons", nil},
		{inner, "command", "a\x1b[2J\n\tb \uFFFD"}, {inner, "user", "al ice"},
		{list, "pid", nil}, {list, "user", nil}, {list, "uid", nil}, {list, "command", nil}, {list, "nprocs", 0.0}, {list, "name", "netns:blue"},
	} {
		if got, there := tt.of[tt.key]; got != tt.want || !there {
			t.Errorf("%s of %v: %#v; want %#v", tt.key, tt.of["ns"], got, tt.want)
		}
	}
	if names := inner["names"].([]any); len(names) != 2 || names[1] != "second" {
		t.Errorf("names %v", names)
	}
}

func TestSharesText(t *testing.T) {
	process := func(pid int, command, container string) Process {
		return Process{PID: pid, Command: command, Belonging: Belonging{Container: container}}
	}
	net := &Namespace{Key: Key{ns.Net, 40}, Processes: 9}
	tests := []struct {
		share Share
		want  string
	}{
		{Share{Namespace: net, Host: true}, "host"},
		{Share{Namespace: net}, "-"},
		{Share{Namespace: net, Others: []Process{process(7, "/bin/sleep 1", "")}}, "7 (sleep)"},
		{Share{Namespace: net, Others: []Process{process(7, "\x1bodd\n", ""), process(8, "", "")}}, `7 (\033odd\012), 8 (.)`},
		{Share{Namespace: net, Others: []Process{process(7, "a", "docker:web"), process(8, "b", "docker:web"), process(9, "c", "docker:db\x1b")}}, `docker:web, docker:db\033`},
		{Share{Namespace: net, Others: []Process{process(1, "a", ""), process(2, "a", ""), process(3, "a", ""), process(4, "a", ""), process(5, "a", ""), process(6, "a", "")}},
			"1 (a), 2 (a), 3 (a), 4 (a), 2 more"},
	}
	for _, tt := range tests {
		want := "NS TYPE NPROCS SHARED WITH\n40 net  9      " + tt.want + "\n"
		if got := (Style{User: user}).SharesText([]Share{tt.share}); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}
