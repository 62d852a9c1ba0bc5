package iproute

// Namespaces finds network namespaces. The store of names is below it; here it is an
// interface so that what plumbs need not know where names are kept.
type Namespaces interface {
	// Open returns a descriptor of a named namespace, close-on-exec. The error is
	// a *Failure in ip's words.
	Open(name string) (fd int, err error)
	// Name is the name of the namespace that has an nsid in ours, or "".
	Name(nsid int) string
}
