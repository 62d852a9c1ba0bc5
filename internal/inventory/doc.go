// Package inventory knows the namespaces that there are, who is in them and what keeps
// those that nobody is in. Reading /proc is apart from what is made of it: the
// relations, the trees, the tables, the JSON. What others have chosen, such as their
// command lines, is hostile until it is printed.
package inventory
