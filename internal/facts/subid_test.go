package facts

import (
	"strings"
	"testing"
)

func TestSubid(t *testing.T) {
	type result struct {
		start, count uint32
		ok           bool
		err          string
	}
	long := strings.Repeat("x", 1<<20)
	none := result{}
	first := result{100000, 65536, true, ""}
	tests := []struct {
		text string
		want result // for alice, whose uid is 1000
	}{
		{"", none},
		{"alice:100000:65536\n", first},
		{"alice:100000:65536", first},
		{"1000:100000:65536\n", first},
		{"01000:100000:65536\n", first},
		{"bob:1:2\n\nalice:100000:65536\n1000:3:4\n", first},
		{"1000:100000:65536\nalice:3:4\n", first},
		{"alice:0:0\n", result{0, 0, true, ""}},
		{"alice:4294967295:4294967295\n", result{4294967295, 4294967295, true, ""}},

		{"1000x:1:2\n", none},
		{"+1000:1:2\n", none},
		{" 1000:1:2\n", none},
		{"4294968296:1:2\n", none}, // 1000 modulo 2^32
		{"alicex:1:2\nalic:1:2\nALICE:1:2\n#alice:1:2\n alice:1:2\n", none},
		{":1:2\n::\n:\n", none},
		{"alice\nalice:1\n1000\n", none},
		{"alice:1\nalice:100000:65536\n", first},
		{"\xff:1:2\nalice\x00:1:2\n\r\nalice:100000:65536", first},
		{long + ":1:2\nalice:1" + long + "\nalice:100000:65536", first},

		{"alice::2\n", result{err: "failed to parse subid map: ''"}},
		{"alice:1:\n", result{err: "failed to parse subid map: ''"}},
		{"alice:x:2\n", result{err: "failed to parse subid map: 'x'"}},
		{"alice:1:2x\n", result{err: "failed to parse subid map: '2x'"}},
		{"alice:-1:2\n", result{err: "failed to parse subid map: '-1'"}},
		{"alice:1: 2\n", result{err: "failed to parse subid map: ' 2'"}},
		{"alice:1:2\r\n", result{err: "failed to parse subid map: '2\r'"}},
		{"alice:1:2:3\n", result{err: "failed to parse subid map: '2:3'"}},
		{"alice:4294967296:2\n", result{err: "failed to parse subid map: '4294967296'"}},
		{"alice:1:\xff\nalice:1:2\n", result{err: "failed to parse subid map: '\xff'"}},
		{"bob:x:y\nalice:100000:65536\n", first},
	}
	for _, tt := range tests {
		var got result
		var err error
		got.start, got.count, got.ok, err = Subid([]byte(tt.text), "alice", 1000)
		if err != nil {
			got.err = err.Error()
		}
		if got != tt.want {
			t.Errorf("Subid(%.60q, alice, 1000) = %+v; want %+v", tt.text, got, tt.want)
		}
	}
}

func TestSubidOwner(t *testing.T) {
	const text = "alice:1:1\n:2:2\nroot:3:3\n1234:4:4\n0:5:5\n"
	tests := []struct {
		name string
		uid  uint32
		want uint32
		ok   bool
	}{
		{"root", 0, 3, true}, // and not alice's range, though strtoul(3) reads her name as 0
		{"", 0, 5, true},
		{"", 7, 0, false},
		{"1234", 7, 4, true},
		{"bob", 1234, 4, true},
		{"bob", 7, 0, false},
	}
	for _, tt := range tests {
		start, _, ok, err := Subid([]byte(text), tt.name, tt.uid)
		if start != tt.want || ok != tt.ok || err != nil {
			t.Errorf("Subid(%q, %q, %d) = %d, %t, %v; want %d, %t, nil", text, tt.name, tt.uid, start, ok, err, tt.want, tt.ok)
		}
	}
}
