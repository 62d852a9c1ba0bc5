package testscripts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestScriptsSayWhatTheyNeed: a script that calls a program that a minimal system lacks is
// skipped there with that reason, or skips the lines.
func TestScriptsSayWhatTheyNeed(t *testing.T) {
	scripts, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"ps", "ping", "nft", "iptables", "strace", "tmux", "gcc", "zsh", "fish", "setcap", "busybox", "bwrap", "slirp4netns"} {
		call := regexp.MustCompile(`(^|[\s"'(;|&` + "`" + `])` + program + ` +[-\w$]`)
		for _, name := range scripts {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "exec:"+program+"]") {
				continue
			}
			if program == "ping" && strings.Contains(string(text), "exec:busybox]") {
				continue // busybox has a ping
			}
			for line := range strings.Lines(string(text)) {
				if call.MatchString(line) && !notACall.MatchString(line) {
					t.Errorf("%s calls %s, and does not say that it needs it:\n%s", name, program, line)
					break
				}
			}
		}
	}
}

// notACall matches comments, and lines about output.
var notACall = regexp.MustCompile(`^\s*(#|!? ?(stdout|stderr|grep) |\[\S+ skip )`)
