package iproute

import (
	"errors"
	"syscall"
)

// The exit statuses of ip(8).
const (
	StatusFailed = 1   // the command failed
	StatusKernel = 2   // rtnetlink(7) refused
	StatusUsage  = 255 // a word was not understood: exit(-1) of ip
)

// A Failure ends a command. Its text is the whole message in ip's words, without the program's
// name, since other programs read it.
type Failure struct {
	Text      string // "" where the message has been printed before
	Status    int
	Hint      string        // the cause and its cure; "" for none
	Errno     syscall.Errno // the kernel's answer; 0 for none
	Stdout    bool          // where ip(8) prints the message to standard output
	Warning   string        // lines in front of it, on standard error; "" for none
	IPMayKnow bool          // ip(8) may understand the command
	WantUsage bool          // the usage of the command's object is printed instead
	Fatal     bool          // ends a batch even with -force
}

// MayBeIP marks a failure as one of a command that ip(8) may understand, and returns it.
func (f *Failure) MayBeIP() *Failure {
	f.IPMayKnow = true
	return f
}

func (f *Failure) Error() string { return f.Text }

// Unwrap returns the errno, nil for none.
func (f *Failure) Unwrap() error {
	if f.Errno == 0 {
		return nil
	}
	return f.Errno
}

// MayBeIP marks the *Failure in an error in the same way.
func MayBeIP(err error) error {
	if f := (*Failure)(nil); errors.As(err, &f) {
		f.IPMayKnow = true
	}
	return err
}

// Fail returns a failure with StatusFailed.
func Fail(text string) *Failure { return &Failure{Text: text, Status: StatusFailed} }

// Usage returns a failure with StatusUsage.
func Usage(text string) *Failure { return &Failure{Text: text, Status: StatusUsage} }

// HelpWanted returns the failure of a command with the word help in it: the usage is printed.
func HelpWanted() *Failure { return &Failure{Status: StatusUsage, WantUsage: true} }

// Unknown returns the failure for a word that names no command of an object.
func Unknown(object, word string) *Failure {
	return Usage(`Command "` + word + `" is unknown, try "ip ` + object + ` help".`)
}

// Invalid returns the failure for a wrong value. See: invarg in utils.c of iproute2.
func Invalid(what, word string) *Failure {
	return Usage(`Error: argument "` + word + `" is wrong: ` + what)
}

// DuplicateOrGarbage returns the failure for a word that fits nowhere. A bare word would be a
// "what", which has been given before. ip may know the word. See: duparg2 in utils.c of
// iproute2.
func DuplicateOrGarbage(what, word string) *Failure {
	return Usage(`Error: either "` + what + `" is duplicate, or "` + word + `" is a garbage.`).MayBeIP()
}

// DuplicateValue returns the failure for a second value. See: duparg in utils.c of iproute2.
func DuplicateValue(what, word string) *Failure {
	return Usage(`Error: duplicate "` + what + `": "` + word + `" is the second value.`)
}

// Garbage returns DuplicateOrGarbage for a grammar in which a bare word is a device.
func Garbage(word string) *Failure {
	return DuplicateOrGarbage("dev", word)
}

// Incomplete returns the failure for a command line that ends too early.
func Incomplete() *Failure {
	return Usage(`Command line is not complete. Try option "help"`)
}

// CannotFindDevice returns the failure of a lookup of a device's number.
func CannotFindDevice(name string) *Failure {
	return &Failure{Text: `Cannot find device "` + name + `"`, Status: StatusFailed, Errno: syscall.ENODEV}
}

// DeviceDoesNotExist returns the failure to show a device that is missing.
func DeviceDoesNotExist(name string) *Failure {
	return &Failure{Text: `Device "` + name + `" does not exist.`, Status: StatusFailed, Errno: syscall.ENODEV}
}

// NoSuchMaster returns the failure for a missing device behind the word master.
func NoSuchMaster(name string) *Failure { return Invalid("Device does not exist\n", name) }
