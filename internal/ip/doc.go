// Package ip is gonetns: the command line of ip(8) as far as network namespaces need it, and
// what ip(8) lacks. It knows objects and verbs, batches and jobs. Printing and requests to the
// kernel are in the packages below.
package ip
