// Package ip is gonetns: the command line of ip(8) as far as network namespaces need
// it, and what it lacks. It knows objects and verbs, batches and jobs. What is printed
// and what is asked of the kernel is in the rooms below.
package ip
