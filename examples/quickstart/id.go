package main

import (
	"crypto/rand"
	"strings"
)

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	idLength = 8
)

// randomID returns an id that can't be guessed.
func randomID() string {
	id := make([]byte, 0, idLength)
	random := make([]byte, 2*idLength)
	for {
		_, _ = rand.Read(random) // never fails
		for _, b := range random {
			b &= 63 // 62 and 63 are left out, so that all characters are as likely
			if int(b) >= len(alphabet) {
				continue
			}
			if id = append(id, alphabet[b]); len(id) == idLength {
				return string(id)
			}
		}
	}
}

// isID reports whether id could have been made by randomID.
func isID(id string) bool {
	return len(id) == idLength && strings.Trim(id, alphabet) == ""
}
