package facts

import (
	"strings"
	"testing"
)

// passwd has an account of every form that does and does not count.
const passwd = "root:x:0:0:root:/root:/bin/bash\n" +
	"daemon:x:1:2:daemon:/usr/sbin:/usr/sbin/nologin\n" +
	"root:x:100:100:second root:/other:/bin/sh\n" +
	"second:x:1:3::/second:/bin/sh\n" +
	"1234:x:77:78::/digits:/bin/sh\n" +
	"\n" +
	":x:13:13::/nobody:/bin/sh\n" +
	"+nis:x:14:14::/nis:/bin/sh\n" +
	"-nis:x:15:15::/nis:/bin/sh\n" +
	"#comment:x:16:16::/comment:/bin/sh\n" +
	" \tblank:x:17:17::/blank:/bin/sh\n" +
	"only\n" +
	"nouid:x\n" +
	"nogid:x:18\n" +
	"short:x:19:20\n" +
	"nohome:x:21:22:gecos\n" +
	"noshell:x:23:24:gecos:/noshell\n" +
	"many:x:25:26:gecos:/many:/bin/sh:more:fields\n" +
	"cr:x:27:28:gecos:/cr:/bin/sh\r\n" +
	"bad:x:29x:30::/bad:/bin/sh\n" +
	"bad:x:29:-30::/bad:/bin/sh\n" +
	"bad:x:4294967296:30::/bad:/bin/sh\n" +
	"bad:x:31:32::/good:/bin/sh\n" +
	"noid:x:4294967295:4294967295::/noid:/bin/sh\n" +
	"zeros:x:0033:0034::/zeros:/bin/sh\n" +
	"\xff\xfe:x:35:36::/\xff:/\xfe\n" +
	"nul\x00:x:37:38::/:/bin/sh\n" +
	"last:x:39:40::/last:/bin/last"

func TestUserByName(t *testing.T) {
	tests := []struct {
		name string
		want User
	}{
		{"root", User{"root", 0, 0, "/root", "/bin/bash"}},
		{"daemon", User{"daemon", 1, 2, "/usr/sbin", "/usr/sbin/nologin"}},
		{"1234", User{"1234", 77, 78, "/digits", "/bin/sh"}},
		{"blank", User{"blank", 17, 17, "/blank", "/bin/sh"}},
		{"short", User{"short", 19, 20, "", ""}},
		{"nohome", User{"nohome", 21, 22, "", ""}},
		{"noshell", User{"noshell", 23, 24, "/noshell", ""}},
		{"many", User{"many", 25, 26, "/many", "/bin/sh:more:fields"}},
		{"cr", User{"cr", 27, 28, "/cr", "/bin/sh\r"}},
		{"bad", User{"bad", 31, 32, "/good", "/bin/sh"}},
		{"noid", User{"noid", 4294967295, 4294967295, "/noid", "/bin/sh"}},
		{"zeros", User{"zeros", 33, 34, "/zeros", "/bin/sh"}},
		{"\xff\xfe", User{"\xff\xfe", 35, 36, "/\xff", "/\xfe"}},
		{"nul\x00", User{"nul\x00", 37, 38, "/", "/bin/sh"}},
		{"last", User{"last", 39, 40, "/last", "/bin/last"}},
	}
	for _, tt := range tests {
		if got, ok := UserByName([]byte(passwd), tt.name); !ok || got != tt.want {
			t.Errorf("UserByName(passwd, %q) = %+v, %t; want %+v, true", tt.name, got, ok, tt.want)
		}
	}
}

func TestUserByNameUnknown(t *testing.T) {
	for _, name := range []string{"", "nobody", "roo", "root:", "root:x", "x", "+nis", "-nis", "#comment", " \tblank", "only", "nouid", "nogid", "nul", "ROOT", "\n", "last\n"} {
		if got, ok := UserByName([]byte(passwd), name); ok || got != (User{}) {
			t.Errorf("UserByName(passwd, %q) = %+v, %t; want %+v, false", name, got, ok, User{})
		}
	}
	if got, ok := UserByName(nil, "root"); ok {
		t.Errorf("UserByName(nil, root) = %+v, %t; want %+v, false", got, ok, User{})
	}
}

func TestUserByID(t *testing.T) {
	tests := []struct {
		uid  uint32
		want string
	}{
		{0, "root"}, {1, "daemon"}, {100, "root"}, {77, "1234"}, {17, "blank"}, {19, "short"}, {31, "bad"},
		{4294967295, "noid"}, {33, "zeros"}, {35, "\xff\xfe"}, {39, "last"},
		{13, ""}, {14, ""}, {15, ""}, {16, ""}, {18, ""}, {29, ""}, {30, ""}, {1234, ""},
	}
	for _, tt := range tests {
		got, ok := UserByID([]byte(passwd), tt.uid)
		if got.Name != tt.want || ok != (tt.want != "") {
			t.Errorf("UserByID(passwd, %d) = %+v, %t; want %q, %t", tt.uid, got, ok, tt.want, tt.want != "")
		}
		if ok && got.UID != tt.uid {
			t.Errorf("UserByID(passwd, %d) = %+v; want UID %d", tt.uid, got, tt.uid)
		}
	}
}

func TestUserByNameLongLine(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	text := []byte(long + ":x:1:1::/:\n" + strings.Repeat(":", 1<<20) + "\n" + "user:" + long + ":2:3:" + long + ":/home:" + long)
	want := User{"user", 2, 3, "/home", long}
	if got, ok := UserByName(text, "user"); !ok || got != want {
		t.Errorf("UserByName(long, user) = %.60q, %t; want uid 2 and a long shell, true", got.Name, ok)
	}
	if got, ok := UserByName(text, long); !ok || got.UID != 1 {
		t.Errorf("UserByName(long, long) = %d, %t; want 1, true", got.UID, ok)
	}
}

func TestParseUserID(t *testing.T) {
	tests := []struct {
		in   string
		want uint32
	}{
		{"0", 0}, {"1000", 1000}, {"4294967294", 4294967294}, {"007", 7},
		{"root", 0}, {"daemon", 1}, {"last", 39}, {"\xff\xfe", 35},
		{"1234", 1234}, // a number, though it is a name, too
	}
	for _, tt := range tests {
		if got, err := ParseUserID([]byte(passwd), tt.in); err != nil || got != tt.want {
			t.Errorf("ParseUserID(passwd, %q) = %d, %v; want %d, nil", tt.in, got, err, tt.want)
		}
	}
}

func TestParseUserIDInvalid(t *testing.T) {
	for _, in := range []string{"", "4294967295", "4294967296", "99999999999999999999", "-1", "++1", "+ 1", "1 ", "7x", "0x1", "noid", "nobody", "+nis", "nogid", "1\x00", "\xff"} {
		want := "failed to parse uid '" + in + "'"
		if got, err := ParseUserID([]byte(passwd), in); err == nil || err.Error() != want || got != 0 {
			t.Errorf("ParseUserID(passwd, %q) = %d, %v; want 0, %s", in, got, err, want)
		}
	}
}

// TestParseUserIDDigits checks that a number too large for an id is an error
// even where it names an account.
func TestParseUserIDDigits(t *testing.T) {
	text := []byte("4294967296:x:5:5::/:/bin/sh\n")
	if got, err := ParseUserID(text, "4294967296"); err == nil {
		t.Errorf("ParseUserID(%q, 4294967296) = %d, nil; want an error", text, got)
	}
}

// FuzzUser checks that an account found by its id can be found by its name.
func FuzzUser(f *testing.F) {
	f.Add([]byte(passwd), uint32(0))
	f.Add([]byte("a:b:1:2\r"), uint32(1))
	f.Fuzz(func(t *testing.T, text []byte, uid uint32) {
		byID, ok := UserByID(text, uid)
		if !ok {
			return
		}
		if byID.UID != uid || byID.Name == "" || strings.Contains(byID.Name+byID.Home, ":") {
			t.Errorf("UserByID(%q, %d) = %+v; want a name and that uid", text, uid, byID)
		}
		if byName, ok := UserByName(text, byID.Name); !ok || byName.Name != byID.Name {
			t.Errorf("UserByName(%q, %q) = %+v, %t; want that name, true", text, byID.Name, byName, ok)
		}
	})
}
