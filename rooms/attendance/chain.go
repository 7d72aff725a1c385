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
const chainTag = "sangdam-ledger-1"

// Canonical is the byte string whose SHA-256 is an entry's Hash.
//
// It is eleven netstrings, one after the other with nothing between them. A
// netstring is the number of bytes in decimal ASCII without leading zeros, a
// colon, the bytes, a comma: "sangdam" is 7:sangdam, and the empty string 0:,
// In this order:
//
//  1. the constant sangdam-ledger-1
//  2. prev: the Hash of the entry before, 64 lower-case hex digits; empty for
//     the first entry of an event
//  3. id
//  4. at: UTC as YYYY-MM-DDTHH:MM:SS.mmmZ, exactly 24 bytes
//  5. event
//  6. kind
//  7. consultation
//  8. seat
//  9. session
//  10. node
//  11. detail
//
// Strings are UTF-8 as they stand in the ledger's JSON after unescaping; a
// field that is missing in the JSON is the empty string. Lengths count bytes.
// The hash is written as 64 lower-case hex digits. Nothing else enters it, so
// a dozen lines in any language verify a ledger.
func Canonical(prev string, e schedule.Entry) []byte {
	b := make([]byte, 0, 384)
	for _, s := range [...]string{
		chainTag, prev, e.ID, e.At.UTC().Format(timeLayout), string(e.Event), string(e.Kind),
		string(e.Consultation), string(e.Seat), e.Session, e.Node, e.Detail,
	} {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
		b = append(b, ',')
	}
	return b
}

// Seal links an entry to the one whose hash is prev: it fills Prev and Hash.
// It also brings the other fields into the form that survives the ledger's
// JSON (UTC milliseconds, valid UTF-8), since a hash over what cannot be
// written down again could never be verified.
func Seal(prev string, e schedule.Entry) schedule.Entry {
	e = Normal(e)
	e.Prev = prev
	e.Hash = hash(prev, e)
	return e
}

// Normal is an entry in the form that the ledger's JSON keeps.
func Normal(e schedule.Entry) schedule.Entry {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.ID = strings.ToValidUTF8(e.ID, "�")
	e.Event = schedule.EventID(strings.ToValidUTF8(string(e.Event), "�"))
	e.Kind = schedule.EntryKind(strings.ToValidUTF8(string(e.Kind), "�"))
	e.Consultation = schedule.ConsultationID(strings.ToValidUTF8(string(e.Consultation), "�"))
	e.Seat = schedule.SeatID(strings.ToValidUTF8(string(e.Seat), "�"))
	e.Session = strings.ToValidUTF8(e.Session, "�")
	e.Node = strings.ToValidUTF8(e.Node, "�")
	e.Detail = strings.ToValidUTF8(e.Detail, "�")
	return e
}

func hash(prev string, e schedule.Entry) string {
	sum := sha256.Sum256(Canonical(prev, e))
	return hex.EncodeToString(sum[:])
}
