package nsenter

import (
	"math"
	"os"
	"strconv"
	"strings"

	"nstools/internal/container"
	"nstools/internal/diag"
)

const digits = "0123456789"

func isNumber(s string) bool { return s != "" && strings.Trim(s, digits) == "" }

// checkOneNumber refuses several numbers with blanks or commas between them. Names have
// neither.
func checkOneNumber(s string) error {
	words := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" \t\n\v\f\r,", c) })
	if len(words) == 0 || !strings.ContainsAny(s, " \t\n\v\f\r,") {
		return nil
	}
	for _, w := range words {
		if !isNumber(w) {
			return nil
		}
	}
	hint := "there are blanks around the number: --target " + words[0]
	switch {
	case len(words) > 1:
		hint = "these are " + strconv.Itoa(len(words)) + " numbers, as pidof(1) and pgrep(1) print them, and --target takes one: --target " + words[0]
	case strings.HasSuffix(s, words[0]):
		return nil // leading blanks are skipped, as by strtoul(3)
	}
	return &diag.Error{Text: "failed to parse pid: '" + s + "'", Hint: hint}
}

// numberError adds a hint to the error for a malformed PID, if the mistake is a known one.
func numberError(s string, err error) error {
	hint := ""
	switch {
	case s == "":
		hint = noNumber
	case s[0] == '-' && len(s) > 1 && !isNumber(s[1:]):
		hint = "--target has taken the option " + s + " for its argument: " + noNumber
	case isNumber(s):
		// Ids of containers may consist of digits.
		if found, e := container.Find(s); e == nil && found.Target() != "" {
			hint = "this is no PID but the id of a container, which goes by its runtime: --target " + found.Runtime + ":" + s
		}
	}
	return &diag.Error{Text: err.Error(), Hint: hint}
}

const noNumber = "no number came out of what was to give it, as $(pidof NAME) where no such program runs"

// parseAnyNumber returns the number that a word in another notation than decimal digits
// stands for, "" for any other word.
func parseAnyNumber(s string) string {
	n := int64(0)
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<31 {
		n = int64(f)
	} else if i, err := strconv.ParseInt(strings.ReplaceAll(s, "'", ""), 0, 32); err == nil {
		n = i
	}
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// noTarget returns the failure of an option that needs a target.
func (o *Options) noTarget(text string) error { return &diag.Error{Text: text, Hint: o.zeroHint()} }

// zeroHint returns the hint for --target 0, "" for any other target.
func (o *Options) zeroHint() string {
	if o.targetZero {
		return "--target 0 is no process: 0 is what runtimes give for a container that is stopped"
	}
	return ""
}

// isProcess reports whether a command's name is the number of a process, beside a number
// that --target has taken.
func (o *opened) isProcess(name string) bool {
	if o.pid() == 0 || o.found != nil || !isNumber(name) {
		return false
	}
	_, err := os.Stat("/proc/" + name)
	return err == nil
}
