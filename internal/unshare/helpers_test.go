package unshare

import (
	"io/fs"
	"syscall"

	"nstools/internal/plan"
)

// errNoFile is what os.ReadFile returns for a missing file.
var errNoFile error = &fs.PathError{Op: "open", Path: "/etc/subuid", Err: syscall.ENOENT}

// execOf returns the last step of a plan.
func execOf(p *plan.Plan) plan.Exec { return p.Steps[len(p.Steps)-1].Op.(plan.Exec) }
