package testscripts

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPtyOtherReader: another process of the job, which reads input just before the relay
// does, does not block the relay.
func TestPtyOtherReader(t *testing.T) {
	t.Parallel()
	s := newPtyPair(t)
	s.run("sh", "-c", `sh -c 'echo $$ >pid; exec gounshare --pty sh -c "
		trap \"echo caught >>caught\" USR1
		cat </dev/tty >typed &
		echo in >in
		while :; do wait; done"' | cat /dev/tty >taken`)
	relay := s.pid("pid")
	await(t, "the command", func() bool { return s.file("in") != "" })
	for n := 1; n <= 50; n++ {
		if _, err := s.master.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		await(t, "that one of the two reads", func() bool {
			return len(s.file("typed"))+len(s.file("taken")) == n
		})
		unix.Kill(relay, unix.SIGUSR1)
		await(t, "that the signal is handed on", func() bool {
			return strings.Count(s.file("caught"), "\n") == n
		})
	}
	if s.file("taken") == "" {
		t.Error("the other reader was always too late: nothing is proved")
	}
}
