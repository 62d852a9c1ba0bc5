package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// These rules replace what differs between two runs of one program: numbers that the kernel
// assigns, link-layer addresses that it makes up, and what it notices later. The latter comes
// in no order that one could wait for.

// rules are for text, and for JSON as it is printed.
var rules = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?m)^\w+: hint: .*\n`), ""},                                                  // only gonetns prints hints: gonetns(8), COMPATIBILITY
	{regexp.MustCompile(` proto (kernel_\w+|0x[123])\b|"protocol": ?"(kernel_\w+|0x[123])",\s*`), ""}, // of addresses; printed since 7.1
	{regexp.MustCompile(`"[sd]port_mask": ?"0xffff",?\s*`), ""},                                       // of rules; printed since 7.1
	{regexp.MustCompile(`(?m)^\d+: `), "N: "},
	{regexp.MustCompile(`@if\d+`), "@ifN"},
	{regexp.MustCompile(`"(ifindex|index|link_index)": ?\d+`), `"$1":N`},
	{regexp.MustCompile(`\b(link-netnsid|nsid|id:) \d{1,2}\b`), "$1 N"},
	{regexp.MustCompile(`"(link_netnsid|nsid|id|current-nsid)": ?\d{1,2}\b`), `"$1":N`},
	{regexp.MustCompile(`\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`), "MAC"},
	{regexp.MustCompile(`\b\d+sec\b`), "SEC"},
	{regexp.MustCompile(`"(valid_life_time|preferred_life_time|expires)": ?\d+`), `"$1":SEC`},
	{regexp.MustCompile(`"(NO-CARRIER|LOWER_UP|M-DOWN|linkdown|dead)",|,?"(NO-CARRIER|LOWER_UP|M-DOWN|linkdown|dead)"`), ""},
	{regexp.MustCompile(`NO-CARRIER,?|,?LOWER_UP|,?M-DOWN`), ""},
	{regexp.MustCompile(`\b(state) [A-Z]+`), "$1 STATE"},
	{regexp.MustCompile(`"operstate": ?"[A-Z]+"`), `"operstate":STATE`},
	{regexp.MustCompile(`(?m)^(\S+ +)(UP|DOWN|UNKNOWN|LOWERLAYERDOWN) +`), "$1 STATE "},
	{regexp.MustCompile(` (linkdown|dead|tentative)\b`), ""},
	{regexp.MustCompile(`"tentative": ?true,?`), ""},
	{regexp.MustCompile(`fe80::[0-9a-f:]+`), "LINKLOCAL"},
	{regexp.MustCompile(` used \d+/\d+/\d+`), " used T"},
	{regexp.MustCompile(`  ref \d+ `), "  "},
	{regexp.MustCompile(`probes \d+ `), "probes N "},
	{regexp.MustCompile(`"refcnt": ?\d+,\s*`), ""},
	{regexp.MustCompile(`"(used|confirmed|updated|probes)": ?\d+`), `"$1":T`},
	{regexp.MustCompile(`\b(REACHABLE|STALE|DELAY|PROBE)\b`), "VALID"},
	{regexp.MustCompile(`\b(INCOMPLETE|FAILED)\b`), "INVALID"},
	{regexp.MustCompile(`_timer +[0-9.]+`), "_timer T"},
	{regexp.MustCompile(`"(\w+_timer)": ?[0-9.]+`), `"$1":T`},
	{regexp.MustCompile(`"stats(64)?":\{("[rt]x":\{[^}]*\},?)*\}`), `"stats$1":{}`},
	{regexp.MustCompile(`(?m)^( +)(\d+ +)+\d+ *$`), "$1 COUNTERS"},
}

// chosenMAC matches the link-layer addresses in commands. The kernel makes up others.
var chosenMAC = regexp.MustCompile(`\b02:00:00:([0-9a-f]{2}:){2}[0-9a-f]{2}\b`)

// normalize returns a text in which only what commands decide differs.
func normalize(text string) string {
	text = chosenMAC.ReplaceAllStringFunc(text, func(mac string) string { return "chosen-" + strings.ReplaceAll(mac, ":", "-") })
	for _, r := range rules {
		text = r.pattern.ReplaceAllString(text, r.with)
	}
	return text
}

// volatile has the members of JSON that the kernel assigns or changes by itself.
var volatile = map[string]bool{
	"ifindex": true, "link_index": true, "link_netnsid": true, "operstate": true, "id": true, "tentative": true,
	"valid_life_time": true, "preferred_life_time": true, "expires": true, "bridge_id": true, "root_id": true,
	"designated_bridge": true, "designated_root": true, "state": true,
}

// normalizeState does the same for the output of ip -j: arrays of JSON, one per line, and
// messages between them.
func normalizeState(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		var list []any
		if json.Unmarshal([]byte(line), &list) != nil {
			b.WriteString(normalize(line))
			continue
		}
		for _, x := range list {
			x, keep := normalizeValue(x)
			if !keep {
				continue
			}
			writeValue(&b, "", x)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// writeValue writes a value on a line. Each member of a device has a line, to show which one
// differs.
func writeValue(b *strings.Builder, of string, v any) {
	members, _ := v.(map[string]any)
	if name, ok := members["ifname"].(string); ok {
		for _, member := range slices.Sorted(maps.Keys(members)) {
			writeValue(b, of+name+" "+member+" ", members[member])
		}
		return
	}
	text, _ := json.Marshal(v) // it was read from JSON
	b.WriteString(of)
	b.Write(text)
	b.WriteByte('\n')
}

// normalizeValue normalizes a value. keep is false for what the kernel adds by itself.
func normalizeValue(v any) (changed any, keep bool) {
	switch v := v.(type) {
	case []any:
		kept := []any{}
		for _, x := range v {
			if x, keep := normalizeValue(x); keep {
				kept = append(kept, x)
			}
		}
		return kept, true
	case map[string]any:
		for _, where := range []string{"dst", "local"} {
			if s, ok := v[where].(string); ok && (strings.HasPrefix(s, "fe80:") || s == "ff00::/8" || s == "multicast") {
				return nil, false
			}
		}
		if _, proxy := v["proxy"]; proxy && v["dev"] == nil {
			return nil, false // it may be of a namespace that has gone: see isProxy
		}
		for name, x := range v {
			if volatile[name] || strings.HasSuffix(name, "_timer") {
				delete(v, name)
				continue
			}
			if x, keep := normalizeValue(x); keep {
				v[name] = x
			} else {
				delete(v, name)
			}
		}
		return v, true
	case string:
		if slices.Contains([]string{"NO-CARRIER", "LOWER_UP", "M-DOWN", "linkdown", "dead"}, v) {
			return nil, false
		}
		if len(v) == len("02:00:00:00:00:00") && v[2] == ':' && v[5] == ':' && !chosenMAC.MatchString(v) {
			return "MAC", true
		}
	}
	return v, true
}
