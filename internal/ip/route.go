package ip

import "nstools/internal/iproute"

func (r *run) addRoute(args []string) error { return iproute.Garbage("") }

func (r *run) deleteRoute(args []string) error { return iproute.Garbage("") }
