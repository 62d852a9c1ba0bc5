package ip

import "nstools/internal/iproute"

func (r *run) addLink(args []string) error { return iproute.Garbage("") }

func (r *run) setLink(args []string) error { return iproute.Garbage("") }

func (r *run) deleteLink(args []string) error { return iproute.Garbage("") }
