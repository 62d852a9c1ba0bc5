package proc

import (
	"slices"
	"testing"
)

func TestParseCgroups(t *testing.T) {
	got := ParseCgroups("11:cpu,cpuacct:/a:b\n1:name=systemd:/\nnonsense\n0::/x\\y\n")
	want := []Cgroup{{"cpu,cpuacct", "/a:b"}, {"name=systemd", "/"}, {"", `/x\y`}}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestCgroupMounted(t *testing.T) {
	one := Mount{FSType: "cgroup", Options: "rw,cpu,cpuacct"}
	two := Mount{FSType: "cgroup2", Options: "rw,nsdelegate"}
	for _, test := range []struct {
		controllers string
		in1, in2    bool
	}{{"cpu,cpuacct", true, false}, {"cpuset", false, false}, {"cpu,memory", false, false}, {"", false, true}} {
		c := Cgroup{Controllers: test.controllers}
		if c.Mounted(one) != test.in1 || c.Mounted(two) != test.in2 {
			t.Errorf("%q: %v %v", test.controllers, c.Mounted(one), c.Mounted(two))
		}
	}
}

func TestCgroupBelow(t *testing.T) {
	for _, test := range []struct{ path, root, want string }{
		{"/", "/", "."}, {"/a/b", "/", "a/b"}, {"/a", "/a", "."}, {"/a/b", "/a", "b"},
		{"/ab", "/a", "-"}, {"/", "/a", "-"}, {"/../x", "/", "../x"}, // which every openBeneath refuses
	} {
		got, ok := Cgroup{Path: test.path}.Below(Mount{Root: test.root})
		if ok == (test.want == "-") || ok && got != test.want {
			t.Errorf("%s below %s: %q %v", test.path, test.root, got, ok)
		}
	}
}
