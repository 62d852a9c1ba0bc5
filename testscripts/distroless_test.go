package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
)

// makeDistroless makes a root directory as in images without a distribution: one static
// program and its configuration, no shell.
func makeDistroless() error {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return nil
	}
	root := filepath.Join(box.dir, "distroless")
	for _, d := range []string{"proc", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "sleep"), text, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "etc/app.conf"), []byte("colour = green\n"), 0o644); err != nil {
		return err
	}
	return command("distroless", "root='"+root+"'\n"+distroless)
}

// distroless runs a command while a container of one static program runs. Its PID is in T,
// its root directory in IMAGE:
//
//	distroless 'OPTIONS OF gounshare' COMMAND...
const distroless = `gounshare --pid --fork --mount-proc --pivot-root="$root" $1 /sleep 600 & p=$!
shift
until T=$(cat /proc/$p/task/$p/children 2>/dev/null) && T=${T%% *} && [ "$(cat "/proc/$T/comm" 2>/dev/null)" = sleep ]; do # at first it is the one that plans
	kill -0 $p || exit
	sleep 0.01
done
IMAGE=$root
export T IMAGE
"$@"
status=$?
kill -KILL $p $T
wait
exit $status
`
