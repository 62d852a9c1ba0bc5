package main

import (
	"strings"
	"testing"
	"time"
)

// events has a package with a test that passes, a script that fails and one that is skipped,
// a package that ends before its tests begin, one that ends before they do, and one that
// cannot be built.
const events = `
{"Action":"run","Package":"nstools/a","Test":"TestScripts"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts","Output":"=== RUN   TestScripts\n"}
{"Action":"run","Package":"nstools/a","Test":"TestScripts/one"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/one","Output":"    testscript.go:609: WORK=$WORK\n"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/one","Output":"        > exec false\n"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/one","Output":"        FAIL: one.txtar:1: unexpected command failure\n"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/one","Output":"--- FAIL: TestScripts/one (0.10s)\n"}
{"Action":"fail","Package":"nstools/a","Test":"TestScripts/one","Elapsed":0.1}
{"Action":"run","Package":"nstools/a","Test":"TestScripts/two"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/two","Output":"    cmd.go:380: no ip\n"}
{"Action":"output","Package":"nstools/a","Test":"TestScripts/two","Output":"    testscript.go:609: WORK=$WORK\n"}
{"Action":"skip","Package":"nstools/a","Test":"TestScripts/two","Elapsed":0}
{"Action":"fail","Package":"nstools/a","Test":"TestScripts","Elapsed":0.2}
{"Action":"pass","Package":"nstools/a","Test":"TestGood","Elapsed":0.2}
{"Action":"output","Package":"nstools/a","Test":"TestOdd","Output":"    a_test.go:7: not root\n"}
{"Action":"skip","Package":"nstools/a","Test":"TestOdd","Elapsed":0}
{"Action":"output","Package":"nstools/a","Output":"FAIL\tnstools/a\t0.3s\n"}
{"Action":"fail","Package":"nstools/a","Elapsed":0.3}
{"Action":"output","Package":"nstools/b","Output":"testscripts: make build: exit status 2\n"}
{"Action":"fail","Package":"nstools/b","Elapsed":0.1}
{"Action":"run","Package":"nstools/e","Test":"TestScripts"}
{"Action":"run","Package":"nstools/e","Test":"TestScripts/slow"}
{"Action":"run","Package":"nstools/e","Test":"TestScripts/quick"}
{"Action":"pass","Package":"nstools/e","Test":"TestScripts/quick","Elapsed":0.1}
{"Action":"output","Package":"nstools/e","Test":"TestScripts/quick","Output":"testscripts: the tests were ended by killed\n"}
{"Action":"fail","Package":"nstools/e","Elapsed":9}
{"ImportPath":"nstools/c [nstools/c.test]","Action":"build-output","Output":"c_test.go:1: undefined: x\n"}
{"ImportPath":"nstools/c [nstools/c.test]","Action":"build-fail"}
{"Action":"fail","Package":"nstools/c","Elapsed":0,"FailedBuild":"nstools/c [nstools/c.test]"}
{"Action":"pass","Package":"nstools/d","Elapsed":0.3}
`

const end = `
not run, and why:
  no ip: two
  not root: TestOdd

FAILED a TestScripts/one (0.1 s)
        testscript.go:609: WORK=$WORK
            > exec false
            FAIL: one.txtar:1: unexpected command failure

FAILED b (0.1 s)
    testscripts: make build: exit status 2

FAILED e (9.0 s)
    testscripts: the tests were ended by killed
    had not ended: TestScripts, TestScripts/slow

FAILED c (0.0 s)
    c_test.go:1: undefined: x

all that they said is in build/test.log

2 passed, 5 failed, 2 skipped
`

func TestSummary(t *testing.T) {
	s := newSummary()
	var log strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(events, "\n")) {
		log.WriteString(s.add([]byte(line)))
	}
	if got := s.text("build/test.log"); got != end {
		t.Errorf("got\n%s\nwant\n%s", got, end)
	}
	if !strings.HasPrefix(log.String(), "=== RUN   TestScripts\n    testscript.go:609:") {
		t.Errorf("the log is\n%s", log.String())
	}
}

func TestProgress(t *testing.T) {
	s := newSummary()
	s.add([]byte(`{"Action":"run","Package":"nstools/testscripts","Test":"TestScripts/list-kept"}`))
	if got, want := s.progress(5*time.Second), "5 s: 0 passed, 0 failed, 0 skipped, now testscripts TestScripts/list-kept"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	s.add([]byte(`{"Action":"pause","Package":"nstools/testscripts","Test":"TestScripts/list-kept"}`))
	if got, want := s.progress(time.Minute), "60 s: 0 passed, 0 failed, 0 skipped"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// TestExcerpt: of a long text the end is printed, of a panic the beginning.
func TestExcerpt(t *testing.T) {
	long := strings.SplitAfter(strings.Repeat("x\n", 6000)+"FAIL: last\n", "\n")
	if got := excerpt(long); len(got) != failureLines || got[failureLines-1] != "FAIL: last\n" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	got := excerpt(append([]string{"before\n", "panic: test timed out\n"}, long...))
	if len(got) != failureLines || got[0] != "panic: test timed out\n" {
		t.Errorf("%d lines, the first %q", len(got), got[0])
	}
}
