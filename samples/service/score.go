package main

import "strings"

var words = map[string]int{"beat": 1, "gain": 1, "growth": 1, "record": 1, "rise": 1, "upgrade": 1,
	"cut": -1, "default": -1, "fall": -1, "loss": -1, "miss": -1, "warning": -1}

// score is the mean of the known words, between -1 and 1; 0 when none is known.
func score(text string) float64 {
	sum, known := 0, 0
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if value, ok := words[word]; ok {
			sum += value
			known++
		}
	}
	if known == 0 {
		return 0
	}
	return float64(sum) / float64(known)
}
