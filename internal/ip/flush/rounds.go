package flush

import (
	"strconv"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// inRounds calls a function that deletes all that is there and returns how many that were. It
// does so until nothing is left, since a deletion may uncover something else. With -statistics
// it prints what happened.
func inRounds(s *session.Session, round func() (int, error)) error {
	const most = 10
	for n := 0; n < most; n++ {
		deleted, err := round()
		if err != nil {
			return err
		}
		text := "\n*** Round " + strconv.Itoa(n+1) + ", deleting " + strconv.Itoa(deleted) + " entries ***\n"
		switch {
		case deleted > 0:
		case n == 0:
			text = "Nothing to flush.\n"
		default:
			text = "*** Flush is complete after " + strconv.Itoa(n) + " round" + plural(n) + " ***\n"
		}
		if s.Opt.Stats > 0 {
			if err := s.Print(text); err != nil {
				return err
			}
		}
		if deleted == 0 {
			return nil
		}
	}
	f := iproute.Usage("*** Flush not complete bailing out after " + strconv.Itoa(most) + " rounds")
	f.Stdout = true
	return f
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// refusedFlush returns the failure of a deletion.
func refusedFlush(err error) error {
	f := rtnl.FailureOf(err)
	if f == nil {
		return err
	}
	f.Text, f.Status = "Failed to send flush request: "+diag.Reason(err), iproute.StatusFailed
	return f
}
