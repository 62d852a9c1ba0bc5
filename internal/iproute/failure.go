package iproute

import (
	"errors"
	"syscall"
)

// The exit statuses of ip(8).
const (
	StatusFailed = 1   // a command that could not be carried out
	StatusKernel = 2   // an answer of rtnetlink(7)
	StatusUsage  = 255 // a word that was not understood, ip's exit(-1)
)

// A Failure ends a command. Its text is the whole message, in ip's words and without
// the program's name, for other programs read it.
type Failure struct {
	Text      string // may be "" where everything has been said
	Status    int
	Hint      string        // the cause and its cure; "" for none
	Errno     syscall.Errno // the kernel's answer; 0 for none
	Stdout    bool          // where ip(8) says it, instead of standard error
	Warning   string        // lines in front of it, on standard error; "" for none
	IPMayKnow bool          // ip(8) may know more than we do
	Fatal     bool          // nothing more may be done, in a batch with -force neither
}

// MayBeIP marks a failure of which ip(8) may know more, and returns it.
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

// MayBeIP marks the failure in an error as one of which ip(8) may know more.
func MayBeIP(err error) error {
	if f := (*Failure)(nil); errors.As(err, &f) {
		f.IPMayKnow = true
	}
	return err
}

// Fail makes a failure with StatusFailed.
func Fail(text string) *Failure { return &Failure{Text: text, Status: StatusFailed} }

// Usage makes a failure with StatusUsage.
func Usage(text string) *Failure { return &Failure{Text: text, Status: StatusUsage} }

// Unknown is for a word that is no command of an object.
func Unknown(object, word string) *Failure {
	return Usage(`Command "` + word + `" is unknown, try "ip ` + object + ` help".`)
}

// Invalid is for a word that is no value of what it stands behind.
func Invalid(what, word string) *Failure {
	return Usage(`Error: argument "` + word + `" is wrong: ` + what)
}

// Duplicate is for a word that is none of those that may stand where it stands, and
// that cannot be what a bare word is there, because that has been said. ip may know it.
func DuplicateOrGarbage(what, word string) *Failure {
	return Usage(`Error: either "` + what + `" is duplicate, or "` + word + `" is a garbage.`).MayBeIP()
}

// Second is for a value that has been given before.
func DuplicateValue(what, word string) *Failure {
	return Usage(`Error: duplicate "` + what + `": "` + word + `" is the second value.`)
}

// Garbage is Duplicate where a bare word is a device.
func Garbage(word string) *Failure {
	return DuplicateOrGarbage("dev", word)
}

// Incomplete is for a command line that ends too early.
func Incomplete() *Failure {
	return Usage(`Command line is not complete. Try option "help"`)
}

// CannotFindDevice is for a device that is missing where its number is needed.
func CannotFindDevice(name string) *Failure {
	return &Failure{Text: `Cannot find device "` + name + `"`, Status: StatusFailed, Errno: syscall.ENODEV}
}

// DeviceDoesNotExist is for a device that is missing where it is to be shown.
func DeviceDoesNotExist(name string) *Failure {
	return &Failure{Text: `Device "` + name + `" does not exist.`, Status: StatusFailed, Errno: syscall.ENODEV}
}

// NoSuchMaster is for a device that is missing behind the word master.
func NoSuchMaster(name string) *Failure { return Invalid("Device does not exist\n", name) }
