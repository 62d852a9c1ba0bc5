package netns

import (
	"slices"
	"testing"
)

func TestTopmost(t *testing.T) {
	got := topmost([]string{"/sys/fs/cgroup/cpu", "/sys/fs/cgroup-x", "/sys/fs/cgroup", "/sys/fs/cgroup", "/sys/kernel/debug/tracing", "/sys/fs/cgroup/cpu/deep", "/sys/kernel/debug"})
	want := []string{"/sys/fs/cgroup", "/sys/fs/cgroup-x", "/sys/kernel/debug"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}
