package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

const (
	linkSecretBytes = 18 // 144 bits: 24 characters with no padding, short enough to read a URL
	tokenBytes      = 32
)

// NewSecret makes 256 random bits in base64url.
func NewSecret() string { return random(tokenBytes) }

// Hash is what is kept of a secret: hex SHA-256. Secrets are random and long,
// so that a slow hash would only cost the server time.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Matches compares a secret with a kept hash in constant time.
func Matches(secret, hash string) bool {
	return subtle.ConstantTimeCompare([]byte(Hash(secret)), []byte(hash)) == 1
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b)
}
