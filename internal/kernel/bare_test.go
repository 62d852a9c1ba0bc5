package kernel

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// bareRoots are the functions where code without a runtime begins: in the hook, and after the
// planner's end. See entry.go and the assembly.
var bareRoots = []string{"nstools/internal/kernel.begin", "nstools/internal/kernel.resume"}

// shortWayCaller is the one function that may call a function value: the program's short way,
// which is a root as well.
const shortWayCaller = "nstools/internal/kernel.(*Sketch).finish"

// bareCallees are the functions outside this module that code without a runtime may call. One
// checks the stack and returns, others compare or move bytes, and panicBounds ends the process.
var bareCallees = []string{
	"runtime.morestack_noctxt", "runtime.panicBounds", "runtime.memequal", "runtime.memmove", "syscall.RawSyscall6",
}

// A callGraph has, for each function of this module in a binary, what it calls by name.
// A call through a register, of a function value or a method of an interface, is the text of
// its operand.
type callGraph map[string][]string

const ourPrefix = "nstools/"

var (
	textLine = regexp.MustCompile(`^TEXT (` + regexp.QuoteMeta(ourPrefix) + `\S+)\(SB\)(?: (.*))?`)
	callLine = regexp.MustCompile(`\t(CALL|JAL|JALR|BL)\s+(.*?)\s*$`)
	jumpLine = regexp.MustCompile(`\t(?:JMP|J|B)\s+(\S+)\(SB\)`)
)

// plainName returns a symbol without the name of its calling convention.
func plainName(symbol string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(symbol, "(SB)"), ".abi0"), ".abiinternal")
}

// readCalls reads what `go tool objdump` prints of this package.
func readCalls(text string) callGraph {
	g := callGraph{}
	name := ""
	for line := range strings.Lines(text) {
		if m := textLine.FindStringSubmatch(line); m != nil {
			name = plainName(m[1])
			g[name] = append(g[name], []string{}...)
			continue
		}
		callee := ""
		if m := callLine.FindStringSubmatch(line); m != nil {
			words := strings.Fields(m[2])
			callee = words[len(words)-1]
		} else if m := jumpLine.FindStringSubmatch(line); m != nil { // a tail call
			callee = m[1]
		}
		if callee = plainName(callee); callee != "" && !slices.Contains(g[name], callee) {
			g[name] = append(g[name], callee)
		}
	}
	return g
}

// readFiles reads the base name of each function's file from the same text.
func readFiles(text string) map[string]string {
	files := map[string]string{}
	for line := range strings.Lines(text) {
		if m := textLine.FindStringSubmatch(line); m != nil {
			files[plainName(m[1])] = filepath.Base(m[2])
		}
	}
	return files
}

// reached returns the functions of this package that run without a runtime, and for each of
// them the calls that are forbidden there.
func (g callGraph) reached(roots []string) map[string][]string {
	reached := map[string][]string{}
	for todo := slices.Clone(roots); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, ok := reached[name]; ok {
			continue
		}
		reached[name] = nil
		for _, callee := range g[name] {
			switch {
			case strings.HasPrefix(callee, ourPrefix):
				todo = append(todo, callee)
			case name == shortWayCaller && !strings.Contains(callee, "."): // a register
			case !slices.Contains(bareCallees, callee):
				reached[name] = append(reached[name], callee)
			}
		}
	}
	return reached
}

// TestBare checks in a built program that code without a runtime calls nothing that allocates,
// schedules, panics with a message, writes a pointer with a barrier, or calls what only the runtime
// knows. It follows the calls instead of a list.
func TestBare(t *testing.T) {
	switch runtime.GOARCH {
	case "amd64", "arm64", "riscv64":
	default:
		t.Skip("no hook on " + runtime.GOARCH)
	}
	for _, program := range []string{"gounshare", "gonsenter", "gonetns"} {
		t.Run(program, func(t *testing.T) { testBare(t, program) })
	}
}

func testBare(t *testing.T, program string) {
	// It is built as it is shipped, but with the names of functions.
	file := filepath.Join(t.TempDir(), program)
	build := exec.Command("go", "build", "-o", file, "nstools/cmd/"+program)
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("go", "tool", "objdump", "-s", "^nstools/", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	g, files := readCalls(string(out)), readFiles(string(out))
	roots := append(slices.Clone(bareRoots), shortWays(t, program)...)
	for _, root := range roots {
		if g[root] == nil {
			t.Errorf("no %s, where the code without a runtime begins", root)
		}
	}
	reached := g.reached(roots)
	if len(reached) < 50 {
		t.Errorf("only %d functions are reached", len(reached))
	}
	for _, f := range slices.Sorted(maps.Keys(reached)) {
		for _, callee := range reached[f] {
			t.Errorf("%s runs without a runtime and calls %s", f, callee)
		}
		if strings.HasPrefix(files[f], "lower") {
			t.Errorf("%s runs without a runtime: it does not belong in %s, which is the planner's", f, files[f])
		}
	}
	t.Logf("%d functions run without a runtime", len(reached))
}

// shortWays returns the function that a program makes its short way, if it has one.
func shortWays(t *testing.T, program string) []string {
	text, err := os.ReadFile("../../cmd/" + program + "/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?m)^var shortWay = (\w+\.\w+)$`).FindSubmatch(text); m != nil {
		return []string{"nstools/internal/" + string(m[1])}
	}
	return nil
}

// TestReadCalls checks that forbidden calls of every form are seen.
func TestReadCalls(t *testing.T) {
	const text = `TEXT nstools/internal/kernel.resume(SB) /kernel/entry.go
  entry.go:276	0x1	e80000	CALL nstools/internal/kernel.(*program).run(SB)
  entry.go:277	0x2	e90000	JMP nstools/internal/kernel.tail.abi0(SB)
TEXT nstools/internal/kernel.(*program).run(SB) /kernel/run.go
  run.go:15	0x3	e80000	CALL runtime.morestack_noctxt.abi0(SB)
  run.go:16	0x4	ff00	CALL CX
  run.go:17	0x5	eb00	JMP 0x3
TEXT nstools/internal/kernel.tail(SB) /kernel/run.go
  run.go:20	0x6	e80000	CALL runtime.newobject(SB)
TEXT nstools/internal/kernel.(*lowerer).list(SB) /kernel/lower.go
  lower.go:62	0x7	e80000	CALL runtime.growslice(SB)
`
	reached := readCalls(text).reached([]string{"nstools/internal/kernel.resume"})
	want := map[string][]string{
		"nstools/internal/kernel.resume": nil, "nstools/internal/kernel.(*program).run": {"CX"}, "nstools/internal/kernel.tail": {"runtime.newobject"},
	}
	if !maps.EqualFunc(reached, want, slices.Equal) {
		t.Errorf("%v; want %v", reached, want)
	}
	if got := readFiles(text)["nstools/internal/kernel.(*lowerer).list"]; got != "lower.go" {
		t.Errorf("list is in %q", got)
	}
}
