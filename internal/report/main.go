// Report runs go test for make test. A line shows how far it is. At the end come the tests
// that could not run and why, the failures in short, and the counts. The tests' whole output
// goes to a file.
//
//	report LOG [ARGUMENTS OF go test...]
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

func main() {
	status, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		status = 1
	}
	os.Exit(status)
}

func run(log string, args []string) (int, error) {
	file, err := os.Create(log)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	s, err := follow(out, file)
	ended := cmd.Wait()
	if err != nil {
		return 0, err
	}
	fmt.Print(s.text(log))
	var exit *exec.ExitError
	switch {
	case errors.As(ended, &exit):
		return max(exit.ExitCode(), 1), nil // also for a signal
	case ended != nil:
		return 0, ended
	case s.failed > 0:
		return 1, nil
	}
	return 0, nil
}

// How often progress is shown: on a terminal the line is overwritten, in a file one is added.
const (
	everyOnTerminal = time.Second / 2
	everyInFile     = 20 * time.Second
)

// follow reads events to their end, and shows how far the tests are.
func follow(events io.Reader, log io.Writer) (*summary, error) {
	_, err := unix.IoctlGetTermios(1, unix.TCGETS)
	terminal := err == nil
	every, before, after := everyInFile, "", "\n"
	if terminal {
		every, before, after = everyOnTerminal, "\r\033[K", ""
	}
	lines, failed := make(chan []byte), make(chan error, 1)
	go func() {
		defer close(lines)
		for r := bufio.NewReader(events); ; {
			line, err := r.ReadBytes('\n')
			if len(line) > 0 {
				lines <- line
			}
			if err != nil {
				failed <- err
				return
			}
		}
	}()
	s := newSummary()
	began := time.Now()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case line, more := <-lines:
			if !more {
				fmt.Print(before)
				if err := <-failed; err != io.EOF {
					return s, err
				}
				return s, nil
			}
			io.WriteString(log, s.add(line)) // after an error the summary is still printed
		case now := <-tick.C:
			fmt.Print(before + s.progress(now.Sub(began)) + after)
		}
	}
}
