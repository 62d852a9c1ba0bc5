package kernel

import _ "unsafe" // for go:linkname

// runtimeEnvs is the environment as the kernel passed it. The copy that
// syscall.Environ gives has lost what came twice.
//
//go:linkname runtimeEnvs syscall.runtime_envs
func runtimeEnvs() []string

// Environ is the environment that the process was started with: every string,
// in order, duplicates and strings without "=" included.
func Environ() []string { return runtimeEnvs() }
