package ip

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// standsBehind is what is said behind a word, of the device that every namespace has: the
// words of a command first, then what any has. A word that is in neither has a number.
func standsBehind(word string, own map[string]string) string {
	v, ok := own[word]
	if !ok {
		v, ok = map[string]string{
			"link": "lo", "master": "lo", "dev": "lo", "oif": "lo", "name": "new", "type": "veth", "netns": "1",
			"multicast": "on", "allmulticast": "on", "promisc": "on", "arp": "on", "alias": "text",
			"address": "02:00:00:00:00:01", "broadcast": "02:00:00:00:00:02", "brd": "02:00:00:00:00:02",
			"scope": "link", "mode": "bridge",
		}[word]
	}
	if !ok {
		v = "77"
	}
	return v
}

// A reading is what words come to: bytes for the kernel or what is left of a filter, and
// what was said on standard error.
type reading struct {
	result any
	said   string
	err    error
}

// everyWord has each word of a table stand in front of, behind and within the words that
// are enough for a command. It has to be used, to be refused or to be handed over; a
// word that changes nothing has been ignored.
func everyWord[T any](t *testing.T, command string, terms []iproute.Term[T], own map[string]string, enough []string, read func([]string) reading) {
	t.Helper()
	before := read(enough)
	if before.err != nil {
		t.Fatalf("%s %q: %v", command, enough, before.err)
	}
	refused := 0
	for i := range terms {
		x := &terms[i]
		word := []string{x.Name}
		if !x.Bare {
			word = append(word, standsBehind(x.Name, own))
		}
		if len(enough) > 0 && slices.Contains(enough, x.Name) {
			continue // the same, twice
		}
		for at := range len(enough) + 1 {
			line := slices.Insert(slices.Clone(enough), at, word...)
			got := read(line)
			switch f := (*iproute.Failure)(nil); {
			case got.err != nil:
				refused++
				if x.Beyond && (!errors.As(got.err, &f) || !f.Beyond) {
					t.Errorf("%s %q: %q is not handed over: %v", command, line, x.Name, got.err)
				}
			case x.Beyond:
				t.Errorf("%s %q: %q is not handed over", command, line, x.Name)
			case reflect.DeepEqual(got.result, before.result) && got.said == before.said:
				t.Errorf("%s %q: %q is read and ignored", command, line, x.Name)
			}
		}
	}
	if refused == len(terms)*(len(enough)+1) {
		t.Errorf("%s %q: all is refused", command, enough)
	}
}

func TestEveryWord(t *testing.T) {
	conn, err := rtnl.Open(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r := &run{Session: session.Session{Stderr: io.Discard, Opt: new(session.Options)}}
	onLink := func(request func(*linkWords, []string) (link.Request, error)) func([]string) reading {
		return func(args []string) reading {
			w := &linkWords{conn: conn}
			defer w.close()
			q, err := request(w, args)
			return reading{q.Bytes(), "", err}
		}
	}
	everyWord(t, "link add", linkTerms(), nil, []string{"x", "type", "bridge"}, onLink(r.linkAdded))
	everyWord(t, "link add … peer", linkTerms(), nil, []string{"x", "type", "veth", "peer", "y"}, onLink(r.linkAdded))
	everyWord(t, "link add … macvlan", macvlanTerms(), nil, []string{"x", "type", "macvlan"}, onLink(r.linkAdded))
	everyWord(t, "link add … vlan", vlanTerms(), nil, []string{"x", "type", "vlan"}, onLink(r.linkAdded))
	everyWord(t, "link add … vxlan", vxlanTerms(), map[string]string{"local": "fd00::3", "remote": "fd00::2", "group": "ff02::1"}, []string{"x", "type", "vxlan", "id", "3"}, onLink(r.linkAdded))
	everyWord(t, "link set", linkTerms(), nil, []string{"lo"}, onLink(r.linkSet))
	everyWord(t, "link delete", linkTerms(), nil, []string{"lo"}, onLink(r.linkDeleted))

	inet6 := map[string]string{
		"peer": "fd00::2", "remote": "fd00::2", "local": "fd00::3", "anycast": "fd00::4", "label": "lo:x", "broadcast": "fd00::7", "brd": "fd00::7",
		"src": "fd00::5", "via": "fd00::6", "to": "fd00:1::/32", "table": "local",
	}
	onAddress := func(request func(*addressWords, []string) (link.Request, error), family int) func([]string) reading {
		return func(args []string) reading {
			var said bytes.Buffer
			w := &addressWords{conn: conn, family: family, warn: func(text string) { said.WriteString(text) }}
			q, err := request(w, args)
			return reading{q.Bytes(), said.String(), err}
		}
	}
	for _, family := range []int{unix.AF_UNSPEC, unix.AF_INET6} {
		everyWord(t, "address add", addressTerms(), inet6, []string{"fd00::1/64", "dev", "lo"}, onAddress(addressAdded, family))
		everyWord(t, "address delete", addressTerms(), inet6, []string{"fd00::1/64", "dev", "lo"}, onAddress(addressDeleted, family))
	}

	onRoute := func(request func(*routeWords, []string) (link.Request, error)) func([]string) reading {
		return func(args []string) reading {
			q, err := request(&routeWords{conn: conn}, args)
			return reading{q.Bytes(), "", err}
		}
	}
	everyWord(t, "route add", routeTerms(), inet6, []string{"fd00::/64"}, onRoute(routeAdded))
	everyWord(t, "route delete", routeTerms(), inet6, []string{"fd00::/64"}, onRoute(routeDeleted))

	filter := func(args []string) reading {
		f, err := deviceWords(conn, args, unix.AF_UNSPEC)
		return reading{f, "", err}
	}
	everyWord(t, "show", filterTerms(), map[string]string{"to": "10.0.0.0/8"}, nil, filter)
	own := map[string]string{"to": "10.0.0.0/8", "type": "blackhole", "via": "10.0.0.1", "src": "10.0.0.1"}
	everyWord(t, "route show", routeFilterTerms(), own, nil, func(args []string) reading {
		f, err := readRouteFilter(args, unix.AF_INET)
		return reading{f, "", err}
	})
}
