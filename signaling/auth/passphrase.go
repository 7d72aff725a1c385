package auth

import (
	"crypto/rand"
	"math/big"
	"strings"
	"unicode/utf8"
)

// Why a passphrase is refused. There are no rules of composition: they make
// passphrases shorter and are written on the screen's edge (NIST SP 800-63B,
// section 3.1.1.2).
const (
	passphraseLeast = 10  // characters
	passphraseMost  = 200 // characters
	charactersLeast = 4   // different ones: "aaaaaaaaaa" is no passphrase
)

// Weakness tells why a passphrase is not taken, in English for whoever writes
// a client or types at a terminal; empty when it is.
func Weakness(passphrase, login string) string {
	p := composed(passphrase)
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	switch n := utf8.RuneCountInString(p); {
	case !utf8.ValidString(p):
		return "the passphrase is not UTF-8"
	case n < passphraseLeast:
		return "the passphrase has fewer than 10 characters"
	case n > passphraseMost:
		return "the passphrase has more than 200 characters"
	case strings.EqualFold(p, login):
		return "the passphrase is the login"
	case len(different) < charactersLeast:
		return "the passphrase has fewer than 4 different characters"
	}
	return ""
}

const (
	consonants = "bdfghjklmnprstvz" // 16
	vowels     = "aeiou"
)

// NewPassphrase makes one that can be read out on the phone: five words of two
// syllables, 63 bits.
func NewPassphrase() string {
	pick := func(from string) byte {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(from)))) // never fails (crypto/rand, Go 1.24)
		return from[n.Int64()]
	}
	words := make([]string, 5)
	for i := range words {
		words[i] = string([]byte{pick(consonants), pick(vowels), pick(consonants), pick(vowels)})
	}
	return strings.Join(words, "-")
}

// ValidLogin tells whether a login may be used: 2 to 64 of a-z, 0-9 and
// . _ @ + -, beginning with a letter or digit; an address of mail is one.
func ValidLogin(login string) bool {
	if len(login) < 2 || len(login) > 64 {
		return false
	}
	for i := range len(login) {
		c := login[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case i > 0 && strings.IndexByte("._@+-", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// Login is a login as it is kept, whatever was typed.
func Login(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }
