package iproute

import "nstools/internal/diag"

// The exit statuses of ip(8).
const (
	StatusFailed = 1   // a command that could not be carried out
	StatusKernel = 2   // an answer of rtnetlink(7)
	StatusUsage  = 255 // a word that was not understood, ip's exit(-1)
)

// A Failure ends a command. Its text is the whole message, in ip's words and without
// the program's name, for other programs read it.
type Failure struct {
	Text   string // may be "" where everything has been said
	Status int
	Hint   string // the cause and its cure; "" for none
}

func (f *Failure) Error() string { return f.Text }

// Fail makes a failure with StatusFailed.
func Fail(text string) *Failure { return &Failure{Text: text, Status: StatusFailed} }

// Usage makes a failure with StatusUsage.
func Usage(text string) *Failure { return &Failure{Text: text, Status: StatusUsage} }

// Kernel is what ip says where rtnetlink(7) answers with an error.
func Kernel(err error) *Failure {
	return &Failure{Text: "RTNETLINK answers: " + diag.Reason(err), Status: StatusKernel}
}

// Unknown is for a word that is no command of an object.
func Unknown(object, word string) *Failure {
	return Usage(`Command "` + word + `" is unknown, try "ip ` + object + ` help".`)
}

// Invalid is for a word that is no value of what it stands behind.
func Invalid(what, word string) *Failure {
	return Usage(`Error: argument "` + word + `" is wrong: ` + what)
}

// Incomplete is for a command line that ends too early.
func Incomplete() *Failure {
	return Usage(`Command line is not complete. Try option "help"`)
}
