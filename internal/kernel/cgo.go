//go:build cgo

package kernel

// With cgo the hook belongs to runtime/cgo, and user namespaces would silently stop working. The
// undefined name makes the build fail instead.
var _ = this_program_must_be_built_with_CGO_ENABLED_0
