package opt

import (
	"bufio"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// glibc is a running program that answers what getopt_long(3) makes of command
// lines; testdata/getopt.c has the protocol.
type glibc struct {
	in  *bufio.Writer
	out *bufio.Reader
}

// startGlibc builds and starts the program. It skips the test without a
// C compiler, and with another C library.
func startGlibc(tb testing.TB) *glibc {
	tb.Helper()
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		tb.Skip("needs a C compiler: ", err)
	}
	program := filepath.Join(tb.TempDir(), "getopt")
	build := exec.Command(compiler, "-Wall", "-Wextra", "-o", program, "testdata/getopt.c")
	if output, err := build.CombinedOutput(); strings.Contains(string(output), "only glibc's") {
		tb.Skip("needs glibc")
	} else if err != nil || len(output) > 0 {
		tb.Fatalf("building the C program: %v\n%s", err, output)
	}
	cmd := exec.Command(program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Error("the C program: ", err)
		}
	})
	return &glibc{bufio.NewWriter(in), bufio.NewReader(out)}
}

// parse returns glibc's outcome.
func (g *glibc) parse(tb testing.TB, table *Table, args ...string) outcome {
	tb.Helper()
	options := make([]string, len(table.Flags))
	for i, flag := range table.Flags {
		header := []byte{'-', '0' + byte(flag.Arg), '0' + byte(flag.ShortArg), '-', ' '}
		if flag.Short != 0 {
			header[0] = flag.Short
		}
		if flag.Own {
			header[3] = 'o'
		}
		options[i] = string(header) + flag.Long
	}
	g.write(options)
	g.write(args)
	if err := g.in.Flush(); err != nil {
		tb.Fatal(err)
	}
	answer := make(outcome, g.readNumber(tb))
	for i := range answer {
		text := make([]byte, g.readNumber(tb))
		if _, err := io.ReadFull(g.out, text); err != nil {
			tb.Fatal(err)
		}
		answer[i] = string(text)
	}
	return answer
}

// write sends a list; the writer keeps its error until the flush.
func (g *glibc) write(list []string) {
	g.in.Write(binary.NativeEndian.AppendUint32(nil, uint32(len(list))))
	for _, text := range list {
		g.in.Write(binary.NativeEndian.AppendUint32(nil, uint32(len(text))))
		g.in.WriteString(text)
	}
}

func (g *glibc) readNumber(tb testing.TB) uint32 {
	tb.Helper()
	var number [4]byte
	if _, err := io.ReadFull(g.out, number[:]); err != nil {
		tb.Fatal(err)
	}
	return binary.NativeEndian.Uint32(number[:])
}

// compare fails the test if the two parsers differ.
func (g *glibc) compare(t *testing.T, table *Table, args ...string) {
	t.Helper()
	want := g.parse(t, table, args...)
	if got := parse(table, args...); !slices.Equal(got, want) {
		t.Errorf("%q:\n  got %q\nglibc %q", args, got, want)
	}
}

func oracleTables() []func() *Table {
	return []func() *Table{unshareTable, nsenterTable, oddTable, loneTable, func() *Table { return &Table{} }}
}

// FuzzAgainstGetoptLong compares any words, each ended by a NUL, with glibc.
func FuzzAgainstGetoptLong(f *testing.F) {
	g := startGlibc(f)
	for _, c := range parseCases() {
		// Every line is of interest to every table.
		for i := range oracleTables() {
			f.Add(uint8(i), joinWords(c.words()))
		}
	}
	f.Add(uint8(0), "--\n\x00")
	f.Fuzz(func(t *testing.T, which uint8, line string) {
		tables := oracleTables()
		g.compare(t, tables[int(which)%len(tables)](), splitWords(line)...)
	})
}

func joinWords(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, "\x00") + "\x00"
}

func splitWords(line string) []string {
	words := strings.Split(line, "\x00")
	if last := len(words) - 1; words[last] == "" {
		words = words[:last]
	}
	return words
}

// TestRandomAgainstGetoptLong compares command lines made of what means something to a
// parser, which fuzzing takes long to find.
func TestRandomAgainstGetoptLong(t *testing.T) {
	g := startGlibc(t)
	random := rand.New(rand.NewPCG(1, 2))
	for i, table := range oracleTables() {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			table := table()
			for range 4000 {
				args := make([]string, random.IntN(5))
				for i := range args {
					args[i] = randomWord(random, table.Flags)
				}
				g.compare(t, table, args...)
			}
		})
	}
}

// randomWord returns a word that is often an option of the table or nearly so.
func randomWord(random *rand.Rand, flags []Flag) string {
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	value := pick("", "", "=", "=x", "==", "=--", "x", "-", "=\xff")
	if len(flags) == 0 || random.IntN(8) == 0 {
		return pick("", "-", "--", "---", "-:", "-;", "-=", "word", "--\xff", "-\xff", "--"+value)
	}
	if random.IntN(2) == 0 {
		name := flags[random.IntN(len(flags))].Long
		return "--" + name[:max(random.IntN(2)*len(name), random.IntN(len(name)+1))] + value
	}
	word := "-"
	for range random.IntN(4) {
		if short := flags[random.IntN(len(flags))].Short; short != 0 {
			word += string([]byte{short})
		}
	}
	return word + value
}
