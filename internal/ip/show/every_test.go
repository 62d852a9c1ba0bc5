package show

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/wordtest"
	"nstools/internal/iproute"
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
	wordtest.EveryWord(t, "neighbor show", neighborFilterTerms(), map[string]string{"nud": "noarp", "to": "10.0.0.0/8"}, nil, func(args []string) wordtest.Reading {
		f := &NeighborFilter{conn: conn}
		_, err := iproute.ReadTerms(f, args, neighborFilterTerms(), iproute.Term[*NeighborFilter]{Set: (*NeighborFilter).setPrefix})
		return wordtest.Reading{Result: f, Err: err}
	})
	wordtest.EveryWord(t, "neighbor get", questionTerms(), map[string]string{"proxy": "10.0.0.2", "to": "10.0.0.3"}, nil, func(args []string) wordtest.Reading {
		q := new(neighborQuestion)
		_, err := iproute.ReadTerms(q, args, questionTerms(), iproute.Term[*neighborQuestion]{Set: (*neighborQuestion).setAddress})
		return wordtest.Reading{Result: q, Err: err}
	})
	wordtest.EveryWord(t, "route get", routeQuestionTerms(), map[string]string{"from": "10.0.0.1", "to": "10.0.0.2"}, []string{"10.0.0.3"}, func(args []string) wordtest.Reading {
		q := &routeQuestion{conn: conn}
		err := q.read(args)
		return wordtest.Reading{Result: q.about, Err: err}
	})
	networks := map[string]string{"from": "10.0.0.0/8", "src": "10.0.0.0/8", "to": "10.0.0.0/8", "dst": "10.0.0.0/8", "uidrange": "1-2"}
	wordtest.EveryWord(t, "rule list", ruleFilterTerms(), networks, nil, func(args []string) wordtest.Reading {
		f := new(RuleFilter)
		_, err := iproute.ReadTerms(f, args, ruleFilterTerms(), iproute.Term[*RuleFilter]{Set: (*RuleFilter).setTo})
		return wordtest.Reading{Result: f, Err: err}
	})
	wordtest.EveryWord(t, "list-id", idTerms(), nil, nil, func(args []string) wordtest.Reading {
		f, err := readIDFilter(args, func() error { return errors.New("usage") })
		return wordtest.Reading{Result: f, Err: err}
	})
}
