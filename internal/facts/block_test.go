package facts

import "testing"

func TestFreeBlock(t *testing.T) {
	const small = "SUB_UID_MIN 1000\nSUB_UID_MAX\t1999\nSUB_UID_COUNT 0x64\n# SUB_UID_COUNT 1\n"
	for _, test := range []struct{ text, defs, want string }{
		{"", "", "100000-165535"},
		{"a:100000:65536\n", "", "165536-231071"},
		{"a:165536:65536\nb:100000:65536\n", "", "231072-296607"},
		{"a:100001:10\n", "", "100011-165546"},
		{"a:165536:65536\n", "", "100000-165535"},
		{"a:5:10\n", "", "100000-165535"},
		{"a:4294967295:4294967295\n", "", "100000-165535"},
		{"a:x:10\na:100000\na:100000:0\n", "", "100000-165535"},
		{"a:1000:100\nb:1150:10\nc:1160:40\n", small, "1200-1299"},
		{"a:1000:100\nb:1000:900\n", small, "1900-1999"},
		{"a:1000:901\n", small, ""},
		{"a:1000:4000000\n", small, ""},
		{"a:1901:4000000\n", small, "1000-1099"},
	} {
		got := ""
		if b, ok := FreeBlock([]byte(test.text), []byte(test.defs), "UID"); ok {
			got = b.String()
		}
		if got != test.want {
			t.Errorf("FreeBlock(%q, %q) = %q; want %q", test.text, test.defs, got, test.want)
		}
	}
}

func TestUsermodCommand(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"alice", nil, "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 alice"},
		{"alice", map[string]string{"/etc/subuid": "bob:100000:65536\n"}, "usermod --add-subuids 165536-231071 --add-subgids 100000-165535 alice"},
		{"alice", map[string]string{"/etc/subuid": "alice:100000:65536\n"}, "usermod --add-subgids 100000-165535 alice"},
		{"alice", map[string]string{"/etc/subuid": "1000:5:6\n", "/etc/subgid": "alice:5:6\n"}, ""},
		{"alice", map[string]string{"/etc/nsswitch.conf": "subid: sss\n"}, ""},
		{"alice", map[string]string{"/etc/nsswitch.conf": "passwd: sss\nsubid: files\n"}, "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 alice"},
		{"a;b", nil, ""},
		{"-a", nil, ""},
	} {
		if got := UsermodCommand(test.name, 1000, func(path string) []byte { return []byte(test.files[path]) }); got != test.want {
			t.Errorf("UsermodCommand(%q, %v) = %q; want %q", test.name, test.files, got, test.want)
		}
	}
}
