//go:build cgo

package kernel

// With cgo the hook belongs to runtime/cgo, and user namespaces would silently
// stop working. A build that fails is better than one that does.
var _ = this_program_must_be_built_with_CGO_ENABLED_0
