package timetable

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// opaque makes an identifier from a name: it follows from the name and nothing
// else, and does not show it. Case and inner blanks do not count, since
// spreadsheets are typed by people.
func opaque(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + foldName(name)))
	return kind + "-" + hex.EncodeToString(sum[:6])
}

func foldName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
