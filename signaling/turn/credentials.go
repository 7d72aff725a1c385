package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const (
	// credentialLife is longer than any day at a fair: a browser gets new
	// credentials with every hello and resume, but a PeerConnection keeps those it
	// was made with.
	credentialLife = 12 * time.Hour

	// opaqueLen is the length of the id in a username. It begins with that of the
	// holder, 48 bits: two holders with the same one would only share a limit.
	opaqueLen = 24
	holderLen = 8
	// maxExpiryLen is that of the expiry in decimal, until the year 2286.
	maxExpiryLen = 10
)

// Credentials gives out and checks usernames and passwords that need no table:
// a username is "expiry:opaque id", its password the HMAC of it.
type Credentials struct{ key []byte }

// NewCredentials derives from a key, which all servers that check what one of
// them gave out must share.
func NewCredentials(key []byte) Credentials { return Credentials{append([]byte(nil), key...)} }

// For makes the credentials of a session, and of whoever holds it: the link by which
// it was opened. Each session has its own quota; one that uses several servers at
// once, or tries a way besides, asks for each under a name of its own
// ("SESSION/tls"). All sessions of a holder have a quota together. Nothing of the
// names can be read from what they give.
func (c Credentials) For(holder, session string, now time.Time) (username, password string) {
	opaque := func(purpose, text string, length int) string {
		return base64.RawURLEncoding.EncodeToString(c.mac(purpose, text))[:length]
	}
	id := opaque("turn holder", holder, holderLen) + opaque("turn id", session, opaqueLen-holderLen)
	username = strconv.FormatInt(now.Add(credentialLife).Unix(), 10) + ":" + id
	return username, c.password(username)
}

// password is what belongs to a username, whether or not it was ever given out.
func (c Credentials) password(username string) string {
	return base64.StdEncoding.EncodeToString(c.mac("turn password", username))
}

func (c Credentials) mac(purpose, text string) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(text))
	return h.Sum(nil)
}

// parseUsername takes a username apart; false when For has never made one like it.
func parseUsername(username string) (id string, expiry time.Time, ok bool) {
	digits, id, ok := strings.Cut(username, ":")
	if !ok || len(id) != opaqueLen || digits == "" || len(digits) > maxExpiryLen {
		return "", time.Time{}, false
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", time.Time{}, false
		}
	}
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return "", time.Time{}, false
		}
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return "", time.Time{}, false
	}
	return id, time.Unix(seconds, 0), true
}
