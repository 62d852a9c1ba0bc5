// Package flush has the commands of gonetns that delete everything that a filter selects: what
// "show" with the same words would print.
//
// It joins the filters of package show to the requests of package link.
package flush
