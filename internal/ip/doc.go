// Package ip is gonetns: the command line of ip(8) as far as network namespaces need
// it, and what it lacks. It knows words and their order; what they do is in the rooms
// below.
package ip
