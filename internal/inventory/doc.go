// Package inventory lists the namespaces of a host, who is in them, and what keeps the
// empty ones. Reading /proc is apart from what is made of it: relations, trees, tables,
// JSON. Text that other users have chosen, such as their command lines, is hostile until it
// is printed.
package inventory
