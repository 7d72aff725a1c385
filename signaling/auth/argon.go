package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one computation of argon2id takes.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// presentCost is the first of OWASP's equal choices (Password Storage Cheat
// Sheet): the one with the most memory and the least time, because the same
// processor forwards voices.
func presentCost() cost { return cost{memory: 46 << 10, passes: 1, threads: 1} }

// bounds of what is computed for a kept hash: nobody who can write into the
// store makes a sign-in take the memory of the media.
const (
	mostMemory  = 256 << 10 // KiB
	mostPasses  = 16
	mostThreads = 16
	saltLen     = 16
	sumLen      = 32
)

// phc is a hashed passphrase in the form of the Password Hashing Competition:
// $argon2id$v=19$m=MEMORY,t=PASSES,p=THREADS$SALT$SUM.
type phc struct {
	cost
	salt, sum []byte
}

var errPHC = errors.New("auth: not an argon2id hash")

func (p phc) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads,
		b.EncodeToString(p.salt), b.EncodeToString(p.sum))
}

// parsePHC reads what String writes, and nothing else.
func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errPHC
	}
	numbers := strings.Split(parts[3], ",")
	if len(numbers) != 3 {
		return phc{}, errPHC
	}
	read := func(text, name string, most uint64) uint64 {
		digits, ok := strings.CutPrefix(text, name+"=")
		n, e := strconv.ParseUint(digits, 10, 32)
		if !ok || e != nil || n < 1 || n > most {
			err = errPHC
		}
		return n
	}
	p.memory = uint32(read(numbers[0], "m", mostMemory))
	p.passes = uint32(read(numbers[1], "t", mostPasses))
	p.threads = uint8(read(numbers[2], "p", mostThreads))
	if err != nil {
		return phc{}, err
	}
	b := base64.RawStdEncoding.Strict()
	p.salt, err = b.DecodeString(parts[4])
	if err == nil {
		p.sum, err = b.DecodeString(parts[5])
	}
	// What does not read back the same (a leading zero, a line break that base64
	// skips) was not written here.
	if err != nil || len(p.salt) < 8 || len(p.salt) > 64 || len(p.sum) < 16 || len(p.sum) > 64 || p.String() != s {
		return phc{}, errPHC
	}
	return p, nil
}

// Hasher computes argon2id. Two are computed at once, so that sign-ins take
// 92 MiB and two processors at most, whoever knocks; up to 16 more wait for
// their turn, and who comes then is refused at once (ErrBusy).
type Hasher struct {
	// Fixed after NewHasher.
	cost  cost
	turn  chan struct{} // one token each that computes
	queue chan struct{} // one token each that computes or waits
	dummy phc           // of nobody
}

const (
	hashAtOnce = 2
	hashQueue  = 16
)

// ErrBusy says that too many passphrases are being checked.
var ErrBusy = errors.New("auth: too many passphrases at once")

// NewHasher makes a Hasher with the present cost.
func NewHasher() *Hasher { return newHasher(presentCost()) }

func newHasher(c cost) *Hasher {
	h := &Hasher{cost: c, turn: make(chan struct{}, hashAtOnce), queue: make(chan struct{}, hashAtOnce+hashQueue)}
	h.dummy = phc{cost: c, salt: make([]byte, saltLen), sum: make([]byte, sumLen)}
	return h
}

// compute waits for its turn. A computation that has begun is not broken off.
func (h *Hasher) compute(ctx context.Context, passphrase string, p phc) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	defer func() { <-h.queue }()
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turn }()
	return argon2.IDKey([]byte(composed(passphrase)), p.salt, p.passes, p.memory, p.threads, uint32(len(p.sum))), nil
}

// composed is a passphrase however it was typed: keyboards differ in how they
// compose letters (RFC 8265, section 4.2), and a copied one has spaces around it.
func composed(passphrase string) string { return norm.NFC.String(strings.TrimSpace(passphrase)) }

// Make hashes a passphrase.
func (h *Hasher) Make(ctx context.Context, passphrase string) (string, error) {
	p := phc{cost: h.cost, salt: make([]byte, saltLen), sum: make([]byte, sumLen)}
	_, _ = rand.Read(p.salt) // never fails (crypto/rand, Go 1.24)
	sum, err := h.compute(ctx, passphrase, p)
	if err != nil {
		return "", err
	}
	p.sum = sum
	return p.String(), nil
}

// Check compares a passphrase with a kept hash; stale says that the hash was
// made at another cost. No hash, and one that cannot be read, costs the same
// work, and nothing fits it.
func (h *Hasher) Check(ctx context.Context, passphrase, kept string) (fits, stale bool, err error) {
	p, unreadable := parsePHC(kept)
	if unreadable != nil {
		p = h.dummy
	}
	sum, err := h.compute(ctx, passphrase, p)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(sum, p.sum) == 1
	return same && unreadable == nil, p.cost != h.cost, nil
}
