// Package link has the devices, addresses and routes of one network namespace: what there
// is, and messages that change it.
//
// It knows the attributes of rtnetlink(7). It knows no word of a command line, and not
// which changes belong together; package wire does.
package link
