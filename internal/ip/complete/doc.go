// Package complete writes the scripts with which bash, zsh and fish complete the command line
// of gonetns.
//
// It gets objects and verbs as plain data, and takes the options in front of them from package
// session. It runs none of them.
package complete
