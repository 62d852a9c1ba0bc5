// Package wordtest tests grammars, each word in every position.
//
// It knows values for words, but not what a word does.
package wordtest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"nstools/internal/iproute"
)

// valueFor returns a value for a word, about the device that every namespace has. The
// command's own values go first. A word without any gets a number.
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

// A Reading is the result of words: bytes for the kernel or a filter, and warnings.
type Reading struct {
	Result   any
	Warnings string
	Err      error
}

// EveryWord puts each word of a grammar in front of, behind and between the words that suffice
// for a command. It has to take effect, to be refused or to be handed over. A word that
// changes nothing has been ignored.
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
			continue // the same word twice
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
