package nsenter

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/container"
	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/plan"
	"nstools/internal/proc"
	"nstools/internal/quote"
	"nstools/internal/target"
)

// isName reports whether a target is a name to look up. A word that begins like a number is
// one only if letters follow, since ids of containers begin with digits, too. Any other
// malformed number is a mistake, as to the original.
func isName(word string) bool {
	number, _, _ := strings.Cut(word, ":")
	return number != "" && !strings.Contains("+- \t\n\v\f\r", number[:1]) && strings.Trim(number, "0123456789") != ""
}

// findTarget looks up a target by its name. From then on only the process that was found
// will do.
func (o *opened) findTarget(word string) error {
	found, err := container.Find(word)
	if shared := sharedBy(err); shared != nil && o.wantsOnlyPodKinds() {
		found, err = *shared, nil
	}
	if err != nil {
		return cmp.Or(o.programNameError(word, err), lookupError(word, err))
	}
	if found.Runtime == container.Netns {
		return o.openNetns(word, found.Name)
	}
	o.found = &found
	if err := o.checkGVisor(word); err != nil {
		return err
	}
	o.describe("--target", plan.Found(word, found.PID, strings.ReplaceAll(found.Line(), "\t", " ")))
	return nil
}

// sharedBy returns the process that has the namespaces which all containers of a pod share,
// if the name is the pod's and any of its containers may be meant.
func sharedBy(err error) *container.Found {
	var several *container.AmbiguousError
	var stopped *container.StoppedError
	switch {
	case errors.As(err, &several):
		return several.Shared
	case errors.As(err, &stopped):
		return stopped.Shared
	}
	return nil
}

// checkGVisor refuses everything but the network namespace of a container in gVisor. Its
// processes are those of another kernel, and its network devices are this kernel's.
func (o *opened) checkGVisor(word string) error {
	if !o.found.GVisor() || o.List.wanted || !o.wantsOtherThan(unix.CLONE_NEWNET) {
		return nil
	}
	return &diag.Error{
		Text: "cannot enter " + quote.Plain(word) + ": it runs in gVisor: only its network namespace can be entered (--net)",
		Hint: "its runtime runs a command there: " + o.found.ExecCommand(),
	}
}

// lookupError words why a name leads to no process. A word that may have been meant for a
// number gets the original's message.
func lookupError(word string, err error) error {
	var stopped *container.StoppedError
	var several *container.AmbiguousError
	var none *container.NotFoundError
	var onHost *container.HostError
	switch {
	case errors.Is(err, container.ErrNoProc):
		return &diag.Error{Text: "cannot look up " + quote.Plain(word), Hint: err.Error()}
	case errors.As(err, &stopped):
		return &diag.Error{Text: quote.Plain(word) + " " + stopped.Text(), Hint: stopped.Hint()}
	case errors.As(err, &onHost):
		return &diag.Error{Text: "cannot enter " + quote.Plain(word) + ": " + onHost.What, Hint: onHost.Hint()}
	case errors.As(err, &several):
		return &diag.Error{
			Text: quote.Plain(word) + " is ambiguous:" + candidates(several.Found),
			Hint: "these are PID, runtime, id and name: give " + several.Alternatives(),
		}
	case !errors.As(err, &none):
		return err
	}
	if kind, _ := container.Split(word); kind != "" {
		return &diag.Error{Text: "cannot find " + quote.Plain(word), Hint: none.Hint()}
	}
	number, _, colon := strings.Cut(word, ":")
	hint := none.Hint()
	if pid := parseAnyNumber(number); pid != "" {
		hint = "nothing has that name or id; a PID has digits only: --target " + pid
	}
	if colon {
		hint = "no kind of name is called " + number + "; there are " + strings.Join(container.Kinds[:], ", ")
	}
	return &diag.Error{Text: "failed to parse pid: '" + number + "'", Hint: hint}
}

// programNameError returns the failure to find a target that has the name of a program,
// where the command line has no other program. Then --target took the word behind a command
// substitution that printed nothing. Otherwise it returns nil.
func (o *opened) programNameError(word string, err error) error {
	var none *container.NotFoundError
	if !errors.As(err, &none) || none.Near != "" || len(none.InPod) > 0 || len(none.NeedUser) > 0 {
		return nil
	}
	if kind, _ := container.Split(word); kind != "" || !isProgram(word) || len(o.Command) > 0 && isProgram(o.Command[0]) {
		return nil
	}
	return &diag.Error{
		Text: "failed to parse pid: '" + word + "'",
		Hint: "nothing has that name or id, but there is a program " + word + ": where $(pidof NAME) gives no number, --target takes the word behind it",
	}
}

// isProgram reports whether a command of that name is in PATH.
func isProgram(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// candidatesMax is how many are printed, so that they fit on a terminal's screen.
const candidatesMax = 20

// candidates returns a line for each, with a newline in front.
func candidates(found []container.Found) string {
	text := ""
	for i := range found {
		if i == candidatesMax {
			return text + "\nand " + strconv.Itoa(len(found)-i) + " more"
		}
		text += "\n" + found[i].Line()
	}
	return text
}

// lookUp returns the line of --which: PID, runtime, id and name of the target, or of what
// the process belongs to.
func lookUp(word string) (string, error) {
	if err := checkOneNumber(word); err != nil {
		return "", err
	}
	if isName(word) {
		found, err := container.Find(word)
		if err != nil {
			return "", lookupError(word, err)
		}
		return found.Line() + "\n", nil
	}
	o := new(Options)
	if err := o.setTarget(word); err != nil {
		return "", err
	}
	if o.Target == nil {
		return "", lookupError(word, &container.NotFoundError{})
	}
	p, err := target.Open(o.Target.pid, o.Target.inode)
	if err == nil {
		var found container.Found
		if found, err = container.OfProcess(p.PID, p); err == nil {
			return found.Line() + "\n", nil
		}
	}
	return "", (&opened{Options: o}).targetError("cannot open process "+strconv.Itoa(o.Target.pid), err)
}

// listTargets returns the names that --target takes, one a line, for completion.
func listTargets() (text, warning string, err error) {
	if !proc.Mounted() {
		return "", "", &diag.Error{Text: "cannot look up names", Hint: container.ErrNoProc.Error()}
	}
	words, cut := container.Targets()
	return strings.Join(append(words, ""), "\n"), truncatedWarning(cut), nil
}

// truncatedWarning lists what was read only in part, "" without any.
func truncatedWarning(cut []string) string {
	if len(cut) == 0 {
		return ""
	}
	return "not read to the end, so that names may be missing: " + quote.Plain(strings.Join(cut, ", "))
}

// nothingToDoHint returns what is missing on a command line that enters no namespace.
func (o *opened) nothingToDoHint() string {
	const kinds = "say what to enter of it: --all, or single kinds as --net"
	switch {
	case o.targetZero:
		return o.zeroHint()
	case o.found != nil:
		return kinds
	case o.pid() != 0 && len(o.Command) > 0 && o.isProcess(o.Command[0]):
		return hint.TwoNumbers(o.Command[0])
	case o.pid() != 0 || len(o.Command) == 0:
		return ""
	}
	if word := o.Command[0]; isTarget(word) {
		return "to enter " + quote.Plain(word) + ", give it to --target: --target " + quote.Plain(word) + " --all" + shellWords(o.Command[1:])
	}
	if !slices.Contains(verbs[:], o.Command[0]) {
		return ""
	}
	for i, word := range o.Command[1:] {
		if word[:min(len(word), 1)] == "-" {
			continue // -it
		}
		if isTarget(word) {
			return o.Command[0] + " is no word of this program; to enter " + quote.Plain(word) + ": " + o.Name + " --target " + quote.Plain(word) + " --all" + shellWords(o.Command[i+2:])
		}
		break
	}
	return ""
}

// verbs are the words by which other programs enter a container.
var verbs = [...]string{"exec", "enter", "attach", "shell", "run"}

// isTarget reports whether --target would find a word.
func isTarget(word string) bool {
	if isNumber(word) {
		_, err := os.Stat("/proc/" + word)
		return err == nil
	}
	if !isName(word) {
		return false
	}
	_, err := container.Find(word)
	return err == nil
}

// shellWords joins words as a user types them into a shell; "" if one needs quotes.
func shellWords(words []string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_@+-=,"
	text := ""
	for _, w := range words {
		if w == "" || strings.Trim(w, plain) != "" {
			return ""
		}
		text += " " + w
	}
	return text
}
