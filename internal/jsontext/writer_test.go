package jsontext

import "testing"

// TestJSON expects the output of ip -j and ip -j -p of iproute2 6.1.
func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name         string
		write        func(j *Writer)
		flat, pretty string
	}{
		{"empty", func(j *Writer) { j.Array(func() {}) }, // ip -j netns, after ip -all netns delete
			"[]\n", "[ ]\n"},
		{"names", func(j *Writer) { // ip -j netns
			j.Array(func() {
				j.Object(func() { j.Name("name"); j.String("b"); j.Name("id"); j.Int(4) })
				j.Object(func() { j.Name("name"); j.String("a") })
			})
		},
			`[{"name":"b","id":4},{"name":"a"}]` + "\n",
			"[ {\n        \"name\": \"b\",\n        \"id\": 4\n    },{\n        \"name\": \"a\"\n    } ]\n"},
		{"nested", func(j *Writer) { // ip -j address show dev lo, shortened
			j.Array(func() {
				j.Object(func() {
					j.Name("ifindex")
					j.Int(1)
					j.Name("flags")
					j.Array(func() { j.String("LOOPBACK"); j.String("UP") })
					j.Name("addr_info")
					j.Array(func() {
						j.Object(func() { j.Name("family"); j.String("inet") })
						j.Object(func() { j.Name("family"); j.String("inet6") })
					})
				})
			})
		},
			`[{"ifindex":1,"flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet"},{"family":"inet6"}]}]` + "\n",
			"[ {\n        \"ifindex\": 1,\n        \"flags\": [ \"LOOPBACK\",\"UP\" ],\n        \"addr_info\": [ {\n" +
				"                \"family\": \"inet\"\n            },{\n                \"family\": \"inet6\"\n            } ]\n    } ]\n"},
		{"no members", func(j *Writer) { j.Array(func() { j.Object(func() {}) }) }, // ip -j link show up, of links that are down
			"[{}]\n", "[ {} ]\n"},
	} {
		for _, pretty := range []bool{false, true} {
			j, want := New(pretty), c.flat
			if pretty {
				want = c.pretty
			}
			c.write(j)
			if got := string(j.Bytes()); got != want {
				t.Errorf("%s, pretty %v: got\n%s; want\n%s", c.name, pretty, got, want)
			}
		}
	}
}

func TestJSONEscapes(t *testing.T) {
	for s, want := range map[string]string{
		`a"b\c`:           `"a\"b\\c"`,
		"a'b":             `"a'b"`,
		"\t\n\r\f\b":      `"\t\n\r\f\b"`,
		"x\xffy ü":        "\"x\xffy ü\"",
		"\x1b[31m\x00":    `"\u001b[31m\u0000"`,
		"/run/netns/\x7f": "\"/run/netns/\x7f\"",
	} {
		j := New(false)
		j.String(s)
		if got := string(j.Bytes()); got != want+"\n" {
			t.Errorf("%q: got %s; want %s", s, got, want)
		}
	}
}
