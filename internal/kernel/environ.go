package kernel

import (
	"os"
	"unsafe"
)

// runtimeEnvs returns a copy of the environment as the kernel passed it. syscall.Environ drops
// duplicates.
//
//go:linkname runtimeEnvs syscall.runtime_envs
func runtimeEnvs() []string

// secureSetting is what the runtime adds to the environment under AT_SECURE; see secureEnv
// in its security_unix.go.
const secureSetting = "GOTRACEBACK=none"

// Environ returns the environment that the process was started with: every string, in order,
// duplicates and strings without "=" included.
func Environ() []string {
	env := runtimeEnvs()
	if n := len(env); n > 0 && isSecure() && env[n-1] == secureSetting {
		env = env[:n-1]
	}
	inPlace(os.Args, env)
	return env
}

// inPlace makes environment strings point to where the kernel put them: behind the last argument,
// one after the other, each with a NUL at its end. It stops at the first string that is elsewhere.
// See: arg_end and env_start in proc_pid_stat(5).
func inPlace(args, env []string) {
	if len(args) == 0 || args[len(args)-1] == "" {
		return
	}
	last := args[len(args)-1]
	at := unsafe.Add(unsafe.Pointer(unsafe.StringData(last)), len(last)+1)
	for i, s := range env {
		there := unsafe.String((*byte)(at), len(s))
		if s == "" || there != s || *(*byte)(unsafe.Add(at, len(s))) != 0 {
			return
		}
		env[i] = there
		at = unsafe.Add(at, len(s)+1)
	}
}

// startMemory returns the span of the strings that the kernel put into memory: the arguments and an
// environment from Environ, up to the first copy.
func startMemory(args, env []string) (from, to uintptr) {
	for _, list := range [...][]string{args, env} {
		for _, s := range list {
			at := uintptr(unsafe.Pointer(unsafe.StringData(s)))
			switch {
			case s == "":
			case from == 0:
				from, to = at, at+uintptr(len(s))+1
			case at == to:
				to = at + uintptr(len(s)) + 1
			default:
				return from, to
			}
		}
	}
	return from, to
}
