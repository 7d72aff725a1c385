package attendance

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
)

// headTag opens what is signed, so that a signature of ours fits nothing else.
const headTag = "sangdam-head-1"

// Keys are the public keys that heads may be signed with, by their ids.
type Keys map[string]ed25519.PublicKey

// KeyID names a public key: the first 16 hex digits of its SHA-256.
func KeyID(k ed25519.PublicKey) string {
	sum := sha256.Sum256(k)
	return hex.EncodeToString(sum[:8])
}

// SignHead fills Key and Signature, and brings the time into the form that is
// signed.
func SignHead(key ed25519.PrivateKey, h schedule.Head) schedule.Head {
	h.At = h.At.UTC().Truncate(time.Millisecond)
	h.Key = KeyID(key.Public().(ed25519.PublicKey))
	h.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, headBytes(h)))
	return h
}

func headBytes(h schedule.Head) []byte {
	return netstrings(headTag, string(h.Event), strconv.FormatInt(h.Entries, 10), h.Hash, h.At.UTC().Format(timeLayout), h.Key)
}

// Vouched are the heads of an event that a known key has signed, as marks for
// Verify. unknown counts those of other keys, which prove nothing either way; a
// head that says it is signed by a known key and is not is an error, and the
// marks are those of the others.
func (k Keys) Vouched(event schedule.EventID, heads []schedule.Head) (marks []Mark, unknown int, err error) {
	for _, h := range heads {
		if h.Event != event {
			continue
		}
		pub, ok := k[h.Key]
		if !ok {
			unknown++
			continue
		}
		at := h.At.UTC().Format(time.RFC3339)
		sig, bad := base64.StdEncoding.DecodeString(h.Signature)
		if bad != nil || !ed25519.Verify(pub, headBytes(h), sig) {
			if err == nil {
				err = fmt.Errorf("the head of %s with %d entries at %s is forged: key %s did not sign it", event, h.Entries, at, h.Key)
			}
			continue
		}
		marks = append(marks, Mark{Entries: h.Entries, Hash: h.Hash, From: "the head signed at " + at})
	}
	return marks, unknown, err
}

// packTag opens what is signed of a pack.
const packTag = "sangdam-pack-1"

// PackSeal says that a pack's files were made by the server that has the key.
type PackSeal struct {
	Event     schedule.EventID `json:"event"`
	Manifest  string           `json:"manifest"` // hex SHA-256 of the manifest
	Key       string           `json:"key"`
	Signature string           `json:"signature"`
}

func (p PackSeal) bytes() []byte { return netstrings(packTag, string(p.Event), p.Manifest, p.Key) }

// SealPack signs a pack's manifest.
func SealPack(key ed25519.PrivateKey, event schedule.EventID, manifest []byte) PackSeal {
	sum := sha256.Sum256(manifest)
	p := PackSeal{Event: event, Manifest: hex.EncodeToString(sum[:]), Key: KeyID(key.Public().(ed25519.PublicKey))}
	p.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, p.bytes()))
	return p
}

// Sealed tells whether a known key has signed this manifest for this event;
// known is false when the key is none of these, which proves nothing either way.
func (k Keys) Sealed(p PackSeal, event schedule.EventID, manifest []byte) (sealed, known bool) {
	pub, known := k[p.Key]
	if !known {
		return false, false
	}
	sum := sha256.Sum256(manifest)
	sig, err := base64.StdEncoding.DecodeString(p.Signature)
	return err == nil && p.Event == event && p.Manifest == hex.EncodeToString(sum[:]) && ed25519.Verify(pub, p.bytes(), sig), true
}

// ReadHeads reads heads, one a line of JSON. A last line without its end was
// torn by a crash and is passed over: a head is promised only once it stands.
func ReadHeads(r io.Reader) ([]schedule.Head, error) {
	var out []schedule.Head
	err := lines(r, false, func(n int, line []byte) error {
		var h schedule.Head
		if err := json.Unmarshal(line, &h); err != nil {
			return fmt.Errorf("line %d is no head: %w", n, err)
		}
		out = append(out, h)
		return nil
	})
	return out, err
}

// ReadEntries reads a ledger, one entry a line of JSON, as a pack has it. A
// line that was torn is an error: a pack is whole or not one.
func ReadEntries(r io.Reader) ([]schedule.Entry, error) {
	var out []schedule.Entry
	err := lines(r, true, func(n int, line []byte) error {
		var e schedule.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d is no entry: %w", n, err)
		}
		out = append(out, e)
		return nil
	})
	return out, err
}

// lines calls do for each line that is not empty; for one without its end when
// torn says so.
func lines(r io.Reader, torn bool, do func(n int, line []byte) error) error {
	br := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := br.ReadBytes('\n')
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && (torn || !ended) {
			if err := do(n, line); err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
	}
}

// EncodeKey writes a public key as PEM (PKIX, as openssl reads it).
func EncodeKey(k ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k)
	if err != nil {
		return nil, fmt.Errorf("encode public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ReadKeys adds all public keys of a PEM text.
func (k Keys) ReadKeys(text []byte) error {
	found := false
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		pub, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return fmt.Errorf("read public key: %w", err)
		}
		ed, ok := pub.(ed25519.PublicKey)
		if !ok {
			return errors.New("read public key: it is not an Ed25519 key")
		}
		k[KeyID(ed)], found = ed, true
	}
	if !found {
		return errors.New("read public key: there is none in PEM form")
	}
	return nil
}
