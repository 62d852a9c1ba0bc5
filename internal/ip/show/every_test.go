package show

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/wordtest"
	"nstools/internal/rtnl"
)

// TestEveryWord runs [wordtest.EveryWord].
func TestEveryWord(t *testing.T) {
	conn, err := rtnl.Open(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	filter := func(args []string) wordtest.Reading {
		f, err := readDeviceFilter(conn, args, unix.AF_UNSPEC)
		return wordtest.Reading{Result: f, Err: err}
	}
	wordtest.EveryWord(t, "show", filterTerms(), map[string]string{"to": "10.0.0.0/8"}, nil, filter)
	own := map[string]string{"to": "10.0.0.0/8", "type": "blackhole", "via": "10.0.0.1", "src": "10.0.0.1"}
	wordtest.EveryWord(t, "route show", routeFilterTerms(), own, nil, func(args []string) wordtest.Reading {
		f, err := readRouteFilter(args, unix.AF_INET)
		return wordtest.Reading{Result: f, Err: err}
	})
	wordtest.EveryWord(t, "list-id", idTerms(), nil, nil, func(args []string) wordtest.Reading {
		f, err := readIDFilter(args, func() error { return errors.New("usage") })
		return wordtest.Reading{Result: f, Err: err}
	})
}
