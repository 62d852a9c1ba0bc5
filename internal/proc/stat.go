package proc

import (
	"strconv"
	"strings"
)

// A Stat has fields of /proc/PID/stat.
// See: proc_pid_stat(5).
type Stat struct {
	Comm  string
	State byte
	PPID  int
	Start uint64 // ticks since boot
}

// ParseStat reads the text of /proc/PID/stat. The name may have any byte but a NUL.
func ParseStat(text string) (s Stat, ok bool) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return s, false
	}
	w := strings.Fields(text[end+1:])
	if len(w) < 20 {
		return s, false
	}
	s.Comm, s.State = text[open+1:end], w[0][0]
	ppid, err1 := strconv.Atoi(w[1])
	start, err2 := strconv.ParseUint(w[19], 10, 64)
	s.PPID, s.Start = ppid, start
	return s, err1 == nil && err2 == nil
}
