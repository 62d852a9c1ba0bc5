package diag

import "slices"

// wordMax is the greatest length of words that are compared; names of containers are
// shorter.
const wordMax = 128

// Distance returns how many bytes have to be inserted, deleted, changed or exchanged with
// their neighbour to make one word of the other. It returns wordMax for longer words.
func Distance(a, b string) int {
	if len(a) > wordMax || len(b) > wordMax {
		return wordMax
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = slices.Min([]int{last[j+1] + 1, next[j] + 1, last[j] + cost})
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, last = last, next
	}
	return last[len(b)]
}
