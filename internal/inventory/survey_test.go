package inventory

import (
	"slices"
	"strings"
	"testing"

	"nstools/internal/ns"
)

func TestParseLink(t *testing.T) {
	tests := []struct {
		text string
		want Key
		ok   bool
	}{
		{"net:[4026531840]", Key{ns.Net, 4026531840}, true},
		{"mnt:[1]", Key{ns.Mount, 1}, true},
		{"pid_for_children:[1]", Key{}, false}, // the link of that name says pid:[1]
		{"net:[0]", Key{}, false},
		{"net:[-1]", Key{}, false},
		{"net:[18446744073709551616]", Key{}, false},
		{"net:[1", Key{}, false},
		{"net:1", Key{}, false},
		{"socket:[1234]", Key{}, false},
		{"/tmp/net:[1]", Key{}, false},
		{"net:[1] (deleted)", Key{}, false},
		{"", Key{}, false},
	}
	for _, tt := range tests {
		if got, ok := parseLink(tt.text); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: %v, %v", tt.text, got, ok)
		}
	}
}

func TestAddMounts(t *testing.T) {
	const mountinfo = `22 1 0:21 / / rw shared:1 - ext4 /dev/vda rw
30 22 0:4 net:[41] /run/netns/blue rw shared:5 - nsfs nsfs rw
31 22 0:4 net:[41] /run/netns/blue rw shared:5 - nsfs nsfs rw
32 22 0:4 uts:[42] /run/netns/odd rw - nsfs nsfs rw
33 22 0:4 net:[43] /srv/a\040file\012x rw - nsfs nsfs rw
34 22 0:4 net:[44] /x rw - tmpfs nsfs rw
35 22 0:50 /net:[45] /y - nsfs - nsfs rw
36 22 0:4 / /z rw - nsfs nsfs rw
 - nsfs 
`
	for _, tt := range []struct {
		root string
		want map[Key][]string
	}{
		{"", map[Key][]string{
			{ns.Net, 41}: {"netns:blue"}, {ns.UTS, 42}: {"/run/netns/odd"}, {ns.Net, 43}: {"/srv/a file\nx"},
		}},
		{"/proc/7/root", map[Key][]string{
			{ns.Net, 41}: {"/proc/7/root/run/netns/blue"}, {ns.UTS, 42}: {"/proc/7/root/run/netns/odd"}, {ns.Net, 43}: {"/proc/7/root/srv/a file\nx"},
		}},
	} {
		s := Survey{references: make(map[Key]*references)}
		s.addMounts(mountinfo, tt.root)
		if len(s.references) != len(tt.want) {
			t.Errorf("%d namespaces", len(s.references))
		}
		for k, want := range tt.want {
			if got := s.referencesOf(k); !slices.Equal(got.mounts, want) || (got.ownMount != "") != (tt.root == "") {
				t.Errorf("%v: %q, near %q", k, got.mounts, got.ownMount)
			}
		}
	}
}

func TestNames(t *testing.T) {
	first := Process{PID: 1, Belonging: Belonging{Container: "docker:web", Unit: "unit:docker.service"}}
	mounts := []string{"netns:blue", "/file"}
	pause := Process{PID: 1, Belonging: Belonging{Container: "pod:a/b", Sandbox: "cri:1"}}
	tests := []struct {
		n      Namespace
		t      references
		isHost bool
		want   string
	}{
		{Namespace{Processes: 1, First: first}, references{mounts: mounts, file: "/proc/1/fd/3"}, false, "docker:web netns:blue /file unit:docker.service"},
		{Namespace{Processes: 1, First: first}, references{mounts: mounts}, true, "host netns:blue /file"},
		{Namespace{Processes: 1, First: Process{Belonging: Belonging{Unit: "unit:a.service"}}}, references{}, false, "unit:a.service"},
		// the process that keeps a pod, in a namespace that the pod shares and in one of
		// its own
		{Namespace{Key: Key{Kind: ns.Net}, Processes: 1, First: pause}, references{}, false, "pod:a/b"},
		{Namespace{Key: Key{Kind: ns.Mount}, Processes: 1, First: pause}, references{}, false, "cri:1"},
		{Namespace{}, references{file: "/proc/1/fd/3"}, false, "/proc/1/fd/3"},
		{Namespace{}, references{}, false, ""},
	}
	for _, tt := range tests {
		if got := strings.Join(names(&tt.n, &tt.t, tt.isHost), " "); got != tt.want {
			t.Errorf("%+v: %s; want %s", tt.n, got, tt.want)
		}
	}
}
