package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

// Names in the data folder.
const (
	LedgerKeyFile = "ledger.key"  // signs heads, PEM (PKCS 8), nobody else's to read
	LedgerPubFile = "ledger.pub"  // the public half, PEM
	HeadsFile     = "heads.jsonl" // every head that was signed here, one a line
	SpoolDir      = "spool"       // what Redis may not have yet
)

// signEvery is how often heads are signed while entries come.
const signEvery = time.Hour

// ErrNoKey: the store was opened without a data folder, so it can sign nothing.
var ErrNoKey = errors.New("there is no data folder with a key to sign with")

// signer has the key and the file of heads.
//
// A head stands in both places, on this disk first: whoever rewrites Redis
// cannot rewrite the file, and whoever has only the file sees what is missing.
type signer struct {
	// Fixed after open.
	key  ed25519.PrivateKey
	path string // of the heads

	mu sync.Mutex // one head is written at a time

	// Owned by the keeper.
	signed map[schedule.EventID]string // last hash that was signed by the hour
	next   time.Time                   // when to sign by the hour
}

func openSigner(dir string, log *slog.Logger) (*signer, error) {
	key, err := ledgerKey(filepath.Join(dir, LedgerKeyFile), log)
	if err != nil {
		return nil, err
	}
	pub, err := attendance.EncodeKey(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, LedgerPubFile)
	if has, err := os.ReadFile(name); err != nil || !bytes.Equal(has, pub) {
		if err := os.WriteFile(name, pub, 0o644); err != nil {
			return nil, fmt.Errorf("public key of the ledger: %w", err)
		}
	}
	return &signer{
		key: key, path: filepath.Join(dir, HeadsFile),
		signed: make(map[schedule.EventID]string), next: time.Now().Add(signEvery),
	}, nil
}

// ledgerKey reads the key, or makes it at the first start. One that others may
// read is mended: whoever read it could have signed a record of their own, so
// it is said, too.
func ledgerKey(name string, log *slog.Logger) (ed25519.PrivateKey, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return newLedgerKey(name)
	}
	if err != nil {
		return nil, fmt.Errorf("key of the ledger: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		log.Warn("the ledger's key could be read by others: its mode is now 0600; make a new one if you do not trust them", "file", name, "mode", info.Mode().Perm())
		if err := os.Chmod(name, 0o600); err != nil {
			return nil, fmt.Errorf("key of the ledger can be read by others: set its mode to 0600: %w", err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("key of the ledger: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("key of the ledger: %s is not a PEM file", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("key of the ledger: %s: %w", name, err)
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("key of the ledger: %s is not an Ed25519 key", name)
	}
	return ed, nil
}

// newLedgerKey makes the key whole or not at all.
func newLedgerKey(name string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".ledger-key-") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err == nil {
		err = syncDir(filepath.Dir(name))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the ledger's key: %w", err), os.Remove(f.Name()))
	}
	return key, nil
}

// keep adds a head to the file and returns when it is on the disk. A line that
// a crash has torn is ended first, or it would take this one with it.
func (g *signer) keep(h schedule.Head) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	f, err := os.OpenFile(g.path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	size, err := torn(f)
	if err == nil && size >= 0 {
		err = f.Truncate(size)
	}
	if err == nil {
		_, err = f.Write(append(line, '\n'))
	}
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(g.path)))
}

// torn tells where the whole lines of a file end; -1 when it has no other.
func torn(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return -1, err
	}
	b := make([]byte, min(info.Size(), 4096)) // a head has some 300 bytes
	at := info.Size() - int64(len(b))
	if _, err := f.ReadAt(b, at); err != nil {
		return -1, err
	}
	if b[len(b)-1] == '\n' {
		return -1, nil
	}
	return at + int64(bytes.LastIndexByte(b, '\n')) + 1, nil
}

// read returns the heads in the file.
func (g *signer) read() ([]schedule.Head, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f, err := os.Open(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	heads, err := attendance.ReadHeads(f)
	return heads, errors.Join(err, f.Close())
}

// PublicKey is the key that heads of this node are signed with, as PEM; nil
// without a data folder.
func (s *Store) PublicKey() []byte {
	if s.signer == nil {
		return nil
	}
	text, err := attendance.EncodeKey(s.signer.key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil // openSigner has written it once
	}
	return text
}

// Keys are the public keys of all nodes that have signed heads, as Redis has
// them. Whoever distrusts Redis takes a key from a data folder instead.
func (s *Store) Keys(ctx context.Context) (attendance.Keys, error) {
	all, err := s.rdb.HGetAll(ctx, keyLedgerKeys).Result()
	if err != nil {
		return nil, fmt.Errorf("public keys: %w", err)
	}
	keys := make(attendance.Keys, len(all))
	for id, text := range all {
		if err := keys.ReadKeys([]byte(text)); err != nil {
			return nil, fmt.Errorf("public key %s: %w", id, err)
		}
	}
	return keys, nil
}

// SignHead signs how an event's ledger stood settleAfter ago: what is younger
// Redis might still lose and get again behind entries of another node, and a
// signature must never be wrong by itself. The head is on disk and in Redis
// when it is returned.
func (s *Store) SignHead(ctx context.Context, event schedule.EventID) (schedule.Head, error) {
	if s.signer == nil {
		return schedule.Head{}, ErrNoKey
	}
	h, err := s.settledHead(ctx, event)
	if err != nil {
		return schedule.Head{}, fmt.Errorf("sign the head of %s: %w", event, err)
	}
	h.At = time.Now()
	h = attendance.SignHead(s.signer.key, h)
	if err := s.signer.keep(h); err != nil {
		return schedule.Head{}, fmt.Errorf("sign the head of %s: %w", event, err)
	}
	b, err := json.Marshal(h)
	if err == nil {
		_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, keyLedgerKeys, h.Key, s.PublicKey())
			p.XAdd(ctx, &redis.XAddArgs{Stream: keyHeads(event), Values: []any{"h", b}})
			return nil
		})
	}
	if err != nil {
		return schedule.Head{}, fmt.Errorf("keep the head of %s: %w", event, err)
	}
	return h, nil
}

// SealPack signs the manifest of a pack, so that its tables can be told from
// those of somebody who has only the record.
func (s *Store) SealPack(event schedule.EventID, manifest []byte) (attendance.PackSeal, error) {
	if s.signer == nil {
		return attendance.PackSeal{}, ErrNoKey
	}
	return attendance.SealPack(s.signer.key, event, manifest), nil
}

// settledHead reads length and last hash as they were settleAfter ago.
func (s *Store) settledHead(ctx context.Context, event schedule.EventID) (schedule.Head, error) {
	h := schedule.Head{Event: event}
	now, err := s.Clock(ctx)
	if err != nil {
		return h, err
	}
	until := now.Add(-s.signAge).UnixMilli() // ids of the stream are Redis's milliseconds
	var length *redis.StringCmd
	var young, last *redis.XMessageSliceCmd
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		length = p.HGet(ctx, keyChain(event), "length")
		young = p.XRange(ctx, keyLedger(event), strconv.FormatInt(until+1, 10), "+")
		last = p.XRevRangeN(ctx, keyLedger(event), strconv.FormatInt(until, 10), "-", 1)
		return nil
	})
	if errors.Is(length.Err(), redis.Nil) {
		return h, nil // nothing has happened
	}
	if err != nil {
		return h, err
	}
	n, err := length.Int64()
	if err != nil || len(last.Val()) == 0 {
		return h, err
	}
	var e schedule.Entry
	if err := decodeField(last.Val()[0], "e", &e); err != nil {
		return h, err
	}
	h.Entries, h.Hash = n-int64(len(young.Val())), e.Hash
	return h, nil
}

// Heads returns all signed heads of an event that are known, oldest first:
// those in Redis, and those in the data folder if there is one.
func (s *Store) Heads(ctx context.Context, event schedule.EventID) ([]schedule.Head, error) {
	raw, err := s.rdb.XRange(ctx, keyHeads(event), "-", "+").Result()
	if err != nil {
		return nil, fmt.Errorf("heads of %s: %w", event, err)
	}
	out := make([]schedule.Head, len(raw))
	for i, x := range raw {
		if err := decodeField(x, "h", &out[i]); err != nil {
			return nil, fmt.Errorf("heads of %s: %w", event, err)
		}
	}
	if s.signer != nil {
		kept, err := s.signer.read()
		if err != nil {
			return nil, fmt.Errorf("heads of %s: %w", event, err)
		}
		for _, h := range kept {
			if h.Event == event {
				out = append(out, h)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b schedule.Head) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Signature, b.Signature))
	})
	return slices.CompactFunc(out, func(a, b schedule.Head) bool { return a.Signature == b.Signature }), nil
}

// Length is what Redis itself says of a ledger: how many entries, and the hash
// of the last. Unsigned, it still shows a hand that cut the stream alone.
func (s *Store) Length(ctx context.Context, event schedule.EventID) (entries int64, hash string, err error) {
	got, err := s.rdb.HMGet(ctx, keyChain(event), "length", "head").Result()
	if err != nil {
		return 0, "", fmt.Errorf("length of the ledger of %s: %w", event, err)
	}
	length, _ := got[0].(string)
	hash, _ = got[1].(string)
	entries, _ = strconv.ParseInt(length, 10, 64) // none: nothing has happened
	return entries, hash, nil
}

// signDue signs, once an hour, the heads of all ledgers that have grown.
func (s *Store) signDue(ctx context.Context, now time.Time) error {
	g := s.signer
	if g == nil || now.Before(g.next) {
		return nil
	}
	events, err := s.Events(ctx)
	if err != nil {
		return err
	}
	for _, e := range append(events, schedule.House) {
		_, hash, err := s.Length(ctx, e)
		if err != nil {
			return err
		}
		if hash == "" || hash == g.signed[e] {
			continue
		}
		h, err := s.SignHead(ctx, e)
		if err != nil {
			return err
		}
		g.signed[e] = h.Hash
	}
	g.next = now.Add(signEvery)
	return nil
}
