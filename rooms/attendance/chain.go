package attendance

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// Genesis is the Prev of an event's first entry.
const Genesis = ""

// timeLayout writes an entry's time: UTC, always three digits of a second.
const timeLayout = "2006-01-02T15:04:05.000Z"

// chainTag opens every encoding, so that a hash of ours is a hash of nothing
// else, and so that a changed encoding can be told from a changed entry.
const chainTag = "sangdam-ledger-2"

// wordsTag opens what a Digest is made of.
const wordsTag = "sangdam-words-1"

// Canonical is the byte string whose SHA-256 is an entry's Hash; the package's
// documentation tells its form.
func Canonical(prev string, e schedule.Entry) []byte {
	return netstrings(
		chainTag, prev, e.ID, e.At.UTC().Format(timeLayout), string(e.Event), string(e.Kind),
		string(e.Consultation), string(e.Seat), e.Session, e.Node, e.Detail, e.By, e.Digest,
	)
}

// Digest is what an entry holds of its words: hex SHA-256 over three netstrings.
func Digest(salt, words string) string {
	sum := sha256.Sum256(netstrings(wordsTag, salt, words))
	return hex.EncodeToString(sum[:])
}

func netstrings(fields ...string) []byte {
	b := make([]byte, 0, 512)
	for _, s := range fields {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
		b = append(b, ',')
	}
	return b
}

// Seal links an entry to the one whose hash is prev: it fills Digest, Prev and
// Hash. It also brings the other fields into the form that survives the ledger's
// JSON (UTC milliseconds, valid UTF-8), since a hash over what cannot be
// written down again could never be verified.
func Seal(prev string, e schedule.Entry) schedule.Entry {
	e = Normal(e)
	e.Prev = prev
	e.Hash = hash(prev, e)
	return e
}

// Normal is an entry in the form that the ledger's JSON keeps, with the Digest
// of its words when it has any.
func Normal(e schedule.Entry) schedule.Entry {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.ID = valid(e.ID)
	e.Event = valid(e.Event)
	e.Kind = valid(e.Kind)
	e.Consultation = valid(e.Consultation)
	e.Seat = valid(e.Seat)
	e.Session = valid(e.Session)
	e.Node = valid(e.Node)
	e.Detail = valid(e.Detail)
	e.By = valid(e.By)
	e.Words = valid(e.Words)
	if e.Words == "" {
		e.Salt = ""
	} else {
		e.Salt = valid(e.Salt)
		e.Digest = Digest(e.Salt, e.Words)
	}
	return e
}

func valid[S ~string](s S) S { return S(strings.ToValidUTF8(string(s), "\uFFFD")) }

func hash(prev string, e schedule.Entry) string {
	sum := sha256.Sum256(Canonical(prev, e))
	return hex.EncodeToString(sum[:])
}

// firstHash is an entry's hash by the rules of the first version, which knew
// neither who did something nor words. It tells an old record from a changed one.
func firstHash(e schedule.Entry) string {
	sum := sha256.Sum256(netstrings(
		"sangdam-ledger-1", e.Prev, e.ID, e.At.UTC().Format(timeLayout), string(e.Event), string(e.Kind),
		string(e.Consultation), string(e.Seat), e.Session, e.Node, e.Detail,
	))
	return hex.EncodeToString(sum[:])
}
