package nsenter

import (
	"strings"
	"testing"
)

// parsed returns what a command line asks of a target.
func parsed(t *testing.T, line string) *opened {
	t.Helper()
	o, err := Parse(append([]string{"gonsenter", "--target", "1"}, strings.Fields(line)...))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return &opened{Options: o}
}

// TestWantsOnlyPodKinds checks that the process that keeps a pod's namespaces stands for
// the pod's containers only in the kinds that they share.
func TestWantsOnlyPodKinds(t *testing.T) {
	for line, want := range map[string]bool{
		"-n true":               true,
		"-n -u -i true":         true,
		"-n -S 5 true":          true,
		"":                      false,
		"-n -m true":            false,
		"-m true":               false,
		"-n -p true":            false,
		"-n -U true":            false,
		"-n -C true":            false,
		"-n -T true":            false,
		"-a true":               false,
		"-n -r true":            false,
		"-n -w true":            false,
		"-n -e true":            false,
		"-n --env=PATH true":    false,
		"-n -S follow true":     false,
		"-n -G follow true":     false,
		"-n -c true":            false,
		"-n -Z true":            false,
		"-n --as-container":     false,
		"-N 3 true":             false,
		"--tools true":          false,
		"-n --user-parent true": false,
		"-n=/f -u true":         true, // -n takes nothing of the target
		"-n=/f true":            false,
	} {
		if got := parsed(t, line).wantsOnlyPodKinds(); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// TestChooseNetns checks that a network namespace is refused where an option needs a
// process.
func TestChooseNetns(t *testing.T) {
	for line, refused := range map[string]string{
		"-n true": "", "-a true": "", "-n -m=/f true": "", "-n -r=/ true": "", "-n -S 5 true": "",
		"-m true": "--mount", "-n -p true": "--pid", "-U true": "--user", "-n -r true": "--root", "-n -w true": "--wd", "-n -e true": "--env",
		"-n -S follow true": "--setuid=follow", "-n -c true": "--join-cgroup", "--tools true": "--tools", "-n --as-container true": "--as-container",
	} {
		o := parsed(t, line)
		o.netns = "netns:blue"
		err := o.chooseNetns()
		if refused == "" && err != nil || refused != "" && (err == nil || !strings.Contains(err.Error(), refused+" takes")) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
