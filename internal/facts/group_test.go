package facts

import "testing"

const group = "root:x:0:\n" +
	"daemon:x:1:root,bin\n" +
	"root:x:100:\n" +
	"5678:x:7:\n" +
	":x:8:\n" +
	"+nis:x:9:\n" +
	"#comment:x:10:\n" +
	" blank:x:11:\n" +
	"only\n" +
	"nogid:x\n" +
	"nomembers:x:12\n" +
	"cr:x:13\r\n" +
	"bad:x:1x:\n" +
	"bad:x:14:\n" +
	"many:x:15:a:b:c\n" +
	"noid:x:4294967295:\n" +
	"\xff:x:16:\n" +
	"last:x:17"

func TestGroupByName(t *testing.T) {
	tests := []struct {
		name string
		want uint32
		ok   bool
	}{
		{"root", 0, true}, {"daemon", 1, true}, {"5678", 7, true}, {"blank", 11, true}, {"nomembers", 12, true},
		{"bad", 14, true}, {"many", 15, true}, {"noid", 4294967295, true}, {"\xff", 16, true}, {"last", 17, true},
		{"", 0, false}, {"+nis", 0, false}, {"#comment", 0, false}, {" blank", 0, false}, {"only", 0, false},
		{"nogid", 0, false}, {"cr", 0, false}, {"roo", 0, false}, {"root:x", 0, false}, {"bin", 0, false},
	}
	for _, tt := range tests {
		if got, ok := GroupByName([]byte(group), tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("GroupByName(group, %q) = %d, %t; want %d, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseGroupID(t *testing.T) {
	tests := []struct {
		in   string
		want uint32
	}{
		{"0", 0}, {"1000", 1000}, {"4294967294", 4294967294}, {"007", 7}, {"root", 0}, {"daemon", 1}, {"last", 17},
		{"5678", 5678}, // a number, though it is a name, too
	}
	for _, tt := range tests {
		if got, err := ParseGroupID([]byte(group), tt.in); err != nil || got != tt.want {
			t.Errorf("ParseGroupID(group, %q) = %d, %v; want %d, nil", tt.in, got, err, tt.want)
		}
	}
}

func TestParseGroupIDInvalid(t *testing.T) {
	for _, in := range []string{"", "4294967295", "4294967296", "-1", "++1", "+ 1", "7x", "noid", "nobody", "+nis", "nogid", "\xfe"} {
		want := "failed to parse gid '" + in + "'"
		if got, err := ParseGroupID([]byte(group), in); err == nil || err.Error() != want || got != 0 {
			t.Errorf("ParseGroupID(group, %q) = %d, %v; want 0, %s", in, got, err, want)
		}
	}
}
