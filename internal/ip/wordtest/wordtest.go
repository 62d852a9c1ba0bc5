// Package wordtest tests tables of words, each word in every place.
//
// It knows values that stand behind words. It does not know what a word does.
package wordtest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"nstools/internal/iproute"
)

// standsBehind is what is said behind a word, of the device that every namespace has: the
// words of a command first, then what any has. A word that is in none has a number.
func valueFor(word string, value iproute.Value, own map[string]string) string {
	v, ok := own[word]
	if !ok {
		v, ok = map[iproute.Value]string{iproute.Device: "lo", iproute.LinkKind: "veth", iproute.Namespace: "1"}[value]
	}
	if !ok {
		v, ok = map[string]string{
			"name":      "new",
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

// A Reading is what words come to: bytes for the kernel or what is left of a filter, and
// what was said on standard error.
type Reading struct {
	Result   any
	Warnings string
	Err      error
}

// EveryWord has each word of a table stand in front of, behind and within the words that
// are enough for a command. It has to be used, to be refused or to be handed over; a
// word that changes nothing has been ignored.
func EveryWord[T any](t *testing.T, command string, terms []iproute.Term[T], own map[string]string, enough []string, read func([]string) Reading) {
	t.Helper()
	before := read(enough)
	if before.Err != nil {
		t.Fatalf("%s %q: %v", command, enough, before.Err)
	}
	refused := 0
	for i := range terms {
		x := &terms[i]
		word := []string{x.Name}
		if !x.Bare {
			word = append(word, valueFor(x.Name, x.Value, own))
		}
		if len(enough) > 0 && slices.Contains(enough, x.Name) {
			continue // the same, twice
		}
		for at := range len(enough) + 1 {
			line := slices.Insert(slices.Clone(enough), at, word...)
			got := read(line)
			switch f := (*iproute.Failure)(nil); {
			case got.Err != nil:
				refused++
				if x.IPOnly && (!errors.As(got.Err, &f) || !f.IPMayKnow) {
					t.Errorf("%s %q: %q is not handed over: %v", command, line, x.Name, got.Err)
				}
			case x.IPOnly:
				t.Errorf("%s %q: %q is not handed over", command, line, x.Name)
			case reflect.DeepEqual(got.Result, before.Result) && got.Warnings == before.Warnings:
				t.Errorf("%s %q: %q is read and ignored", command, line, x.Name)
			}
		}
	}
	if refused == len(terms)*(len(enough)+1) {
		t.Errorf("%s %q: all is refused", command, enough)
	}
}
