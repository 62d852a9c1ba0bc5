package ip

import "nstools/internal/iproute"

func (r *run) showRoutes(args []string) error { return iproute.Garbage("") }
