// Package iproute holds the habits of ip(8) that all of gonetns shares: how words
// may be shortened, how failures are worded and numbered, and how JSON is laid out.
package iproute
