// Package hint finds the cause of a failure, and words the hint: the cause and the
// narrowest cure.
//
// It knows what can go wrong with the system calls of a plan, and looks at the files of
// /proc and at the paths of the call. It runs where the failure happened, and is silent
// where it is not certain. It does not know command lines, and changes nothing.
package hint
