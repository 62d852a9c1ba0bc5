package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// box has the paths of the place where the scripts run. As root it is a mount namespace of
// its own, in which /etc/passwd and similar files are copies with one more user. So the
// machine does not change, even if the tests are killed. A root without the right to make
// one, as in a container, runs them as an ordinary user: see superviseTests.
var box struct {
	source   string // of this repository
	dir      string // holds all that follows
	bin      string // gounshare, gonsenter, gonetns, built for the test
	dropin   string // the same under the originals' names
	long     string // the same without the short way: the planner compiles every command line
	commands string // commands for scripts, with their folders in t: asuser, apart, isolated, same-output.sh, same-state, beside, contained, distroless, terminal, snares, filtered, deprived, eventually.sh, hostile.sh
	work     string // the scripts' work folders
	rootfs   string // a busybox root, or ""
	hasUser  bool
}

// The ordinary user, and its subordinate ids.
const (
	userName  = "nstester"
	userID    = 61234
	firstSub  = 700000
	countSub  = 65536
	insideBox = "NSTOOLS_TEST_BOX"
)

func TestMain(m *testing.M) {
	launch()
	status, err := runInBox(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testscripts:", err)
		status = 1
	}
	os.Exit(status)
}

func runInBox(m *testing.M) (int, error) {
	if dir := os.Getenv(insideBox); dir != "" {
		if err := fillBox(dir); err != nil {
			return 1, err
		}
		return m.Run(), nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return 1, err
	}
	if err := makeBuild(filepath.Dir(wd)); err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "nstools")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return 1, err
	}
	if err := buildLongWay(filepath.Dir(wd), filepath.Join(dir, "long")); err != nil {
		return 1, err
	}
	return superviseTests(dir)
}

// fillBox makes all that is in the box.
func fillBox(dir string) error {
	wd, err := os.Getwd()
	if err != nil {
		return err
	}
	box.source, box.dir = filepath.Dir(wd), dir
	for _, sub := range []struct {
		path *string
		name string
	}{{&box.bin, "bin"}, {&box.dropin, "dropin"}, {&box.long, "long"}, {&box.commands, "commands"}, {&box.work, "work"}} {
		*sub.path = filepath.Join(dir, sub.name)
		if err := os.MkdirAll(*sub.path, 0o755); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "t"), 0o777); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(dir, "t"), 0o777|os.ModeSticky); err != nil {
		return err
	}
	if err := copyTools(); err != nil {
		return err
	}
	if err := makeRootfs(); err != nil {
		return err
	}
	if err := makeDistroless(); err != nil {
		return err
	}
	if err := command("beside", beside); err != nil {
		return err
	}
	if err := command("isolated", isolated); err != nil {
		return err
	}
	if err := sameCommands(); err != nil {
		return err
	}
	if err := command("eventually.sh", eventually); err != nil {
		return err
	}
	if err := command("snares", snares); err != nil {
		return err
	}
	if err := command("hostile.sh", hostile); err != nil {
		return err
	}
	if err := command("contained", "root='"+box.rootfs+"'\n"+contained); err != nil {
		return err
	}
	if err := command("terminal", terminal); err != nil {
		return err
	}
	if err := installLaunchers(); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		// In there, mounts of scripts that run at the same time do not show.
		if err := command("apart", `exec unshare -m --propagation private "$@"`); err != nil {
			return err
		}
		return addUser()
	}
	if err := command("apart", `exec "$@"`); err != nil {
		return err
	}
	return command("asuser", `exec "$@"`)
}

// makeBuild builds the programs with make's own settings, as users get them.
func makeBuild(source string) error {
	cmd := exec.Command("make", "-s", "-C", source, "build")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("make build: %w", err)
	}
	return nil
}

// buildLongWay builds the programs without the short way.
func buildLongWay(source, dir string) error {
	const flags = "-s -w -X nstools/internal/kernel.withoutShortWay=yes"
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+flags, "-o", dir+"/", "./cmd/...")
	cmd.Dir, cmd.Env, cmd.Stderr = source, append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

func copyTools() error {
	names := map[string]string{"gounshare": "unshare", "gonsenter": "nsenter", "gonetns": "ip"}
	for name, original := range names {
		text, err := os.ReadFile(filepath.Join(box.source, "bin", name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(box.bin, name), text, 0o755); err != nil {
			return err
		}
		if err := os.Symlink(filepath.Join(box.bin, name), filepath.Join(box.dropin, original)); err != nil {
			return err
		}
	}
	return nil
}

// makeRootfs makes a root directory of one static program, as in container images.
func makeRootfs() error {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return nil
	}
	root := filepath.Join(box.dir, "rootfs")
	for _, d := range []string{"bin", "proc", "sys", "dev", "tmp", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "bin/busybox"), text, 0o755); err != nil {
		return err
	}
	applets := "sh cat ls id ps mount umount hostname sleep true false echo pwd readlink env ip ping stat test grep tty stty"
	for _, a := range strings.Fields(applets) {
		if err := os.Symlink("busybox", filepath.Join(root, "bin", a)); err != nil {
			return err
		}
	}
	box.rootfs = root
	return nil
}

// addUser adds an ordinary user with subordinate ids to the box's own /etc.
func addUser() error {
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make / private: %w", err)
	}
	id := fmt.Sprint(userID)
	lines := map[string]string{
		"/etc/passwd": userName + ":x:" + id + ":" + id + "::" + box.work + ":/bin/sh\n",
		"/etc/group":  userName + ":x:" + id + ":\n",
		"/etc/subuid": fmt.Sprintf("%s:%d:%d\n", userName, firstSub, countSub),
		"/etc/subgid": fmt.Sprintf("%s:%d:%d\n", userName, firstSub, countSub),
	}
	for path, line := range lines {
		if err := overlay(path, line); err != nil {
			return err
		}
	}
	box.hasUser = true
	return command("asuser", "exec setpriv --reuid="+id+" --regid="+id+` --clear-groups -- "$@"`)
}

// overlay puts a copy with one more line over a file, in this mount namespace only.
func overlay(path, line string) error {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil // then newuidmap is not installed either
	}
	if err != nil {
		return err
	}
	copied := filepath.Join(box.dir, filepath.Base(path))
	if err := os.WriteFile(copied, append(text, line...), 0o644); err != nil {
		return err
	}
	if err := unix.Mount(copied, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("cover %s: %w", path, err)
	}
	return nil
}

// beside runs a command while another process runs that can be entered. Its PID is in T:
//
//	beside 'OPTIONS OF unshare(1)' COMMAND...
//
// unshare is the original, or the program that UNSHARE names. The process is a shell that
// executes sleep(1), or the program in HOSTILE, which has to write a line once it is ready.
// It is killed at the end.
const beside = `dir=$(mktemp -d)
mkfifo "$dir/up"
if [ -n "$HOSTILE" ]; then
	${UNSHARE:-unshare} $1 $HOSTILE >"$dir/up" & p=$!
else
	${UNSHARE:-unshare} $1 sh -c 'echo; exec sleep 600' >"$dir/up" & p=$!
fi
read -r line <"$dir/up"
rm -r "$dir"
child=$(cat /proc/$p/task/$p/children)
T=${child:-$p}
T=${T%% *}
export T
shift
"$@"
status=$?
kill -KILL $p $child # in this order, or unshare(1) would print a message
wait
exit $status
`

// isolated runs a command with mounts, a network and an empty /run of its own; with -p the
// processes are its own, too:
//
//	isolated [-p] COMMAND...
//
// unshare is the original, so that the frame does not rest on what it tests.
const isolated = `options=-mn
[ "$1" != -p ] || { options='-mnpf --mount-proc'; shift; }
exec unshare $options --propagation private sh -c 'mount -t tmpfs none /run && exec "$@"' sh "$@"
`

// command writes a shell script with a name of its own to the commands' folder.
func command(name, script string) error {
	return os.WriteFile(filepath.Join(box.commands, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755)
}
