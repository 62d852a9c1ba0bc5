package flush

import (
	"strconv"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// rounds is how a command flushes: again and again until nothing is left, since a deletion may
// uncover something else.
type rounds struct {
	of         string                               // what is deleted, in the plural
	most       int                                  // ends after so many rounds; 0 for no end
	once       bool                                 // ends after one
	round      func() (deleted int, err error)      // deletes all that is there
	incomplete func(rounds string) *iproute.Failure // the failure when something is left
}

// run flushes. With -statistics it prints what happened.
func (r *rounds) run(s *session.Session) error {
	say := func(text string) error {
		if s.Opt.Stats == 0 {
			return nil
		}
		return s.Print(text)
	}
	for n := 0; r.most == 0 || n < r.most; {
		deleted, err := r.round()
		if err != nil {
			return err
		}
		if deleted > 0 {
			n++
			if err := say("\n*** Round " + strconv.Itoa(n) + ", deleting " + strconv.Itoa(deleted) + " " + r.of + " ***\n"); err != nil {
				return err
			}
		}
		switch {
		case n == 0:
			return say("Nothing to flush.\n")
		case deleted == 0, r.once:
			return say("*** Flush is complete after " + strconv.Itoa(n) + " round" + plural(n) + " ***\n")
		}
	}
	return r.incomplete(strconv.Itoa(r.most))
}

// oneRound returns a round: it finds what there is, prints it where -statistics was given
// twice, and deletes it.
func oneRound[T any](s *session.Session, find func() ([]T, error), print func(*session.Session, []T) error, remove func([]T) error) func() (int, error) {
	return func() (int, error) {
		list, err := find()
		if err != nil {
			return 0, err
		}
		if s.Opt.Stats > 1 {
			if err := print(s, list); err != nil {
				return 0, err
			}
		}
		return len(list), remove(list)
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// refusedFlush returns the failure of a deletion, with the exit status of ip.
func refusedFlush(err error, status int) error {
	f := rtnl.FailureOf(err)
	if f == nil {
		return err
	}
	f.Text, f.Status = "Failed to send flush request: "+diag.Reason(err), status
	return f
}
