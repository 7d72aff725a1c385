package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sangdam/rooms/schedule"
)

// Keeper knows the secrets of links without keeping them: each derives from one
// key and the link's id and version, so that a sheet or a mail can be made again
// while the store holds hashes alone. Whoever has the key and the store has
// every link; the store alone gives none away.
type Keeper struct {
	key []byte // fixed after NewKeeper
}

const keyLen = 32

// NewKeeper makes a Keeper of a key of 32 bytes.
func NewKeeper(key []byte) (*Keeper, error) {
	if len(key) != keyLen {
		return nil, fmt.Errorf("auth: the link key has %d bytes, want %d", len(key), keyLen)
	}
	return &Keeper{key: append([]byte(nil), key...)}, nil
}

// ReadKeeper makes a Keeper of a key in base64, as KeyFile writes it.
func ReadKeeper(text string) (*Keeper, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("auth: the link key is not base64") // and is not repeated in a log
	}
	return NewKeeper(key)
}

// KeyFile makes a Keeper of the key in a file; the first to ask for it makes the
// file, readable by its owner alone.
func KeyFile(name string) (*Keeper, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(name); err == nil {
			text, err = os.ReadFile(name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("link key: %w", err)
	}
	k, err := ReadKeeper(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return k, nil
}

// makeKey writes a whole file and then gives it its name: of two programs that
// start at once, both read the same key.
func makeKey(name string) error {
	key := make([]byte, keyLen)
	_, _ = rand.Read(key)                                     // never fails (crypto/rand, Go 1.24)
	f, err := os.CreateTemp(filepath.Dir(name), ".link-key-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Secret is a link's secret in one of its versions.
func (k *Keeper) Secret(id schedule.LinkID, version int) string {
	for n := 0; ; n++ {
		sum := k.sum("secret", string(id), strconv.Itoa(version), strconv.Itoa(n))
		s := base64.RawURLEncoding.EncodeToString(sum[:linkSecretBytes])
		// Programs that find URLs in a mail leave such an end out.
		if !strings.HasSuffix(s, "-") && !strings.HasSuffix(s, "_") {
			return s
		}
	}
}

// Hook is what a webhook's messages are signed with.
func (k *Keeper) Hook(id string) []byte { return k.sum("hook", id) }

// Path is a link's /j/ID#SECRET. There is none for a link that another key made.
func (k *Keeper) Path(l schedule.Link) (string, bool) {
	secret := k.Secret(l.ID, l.Version)
	if !Matches(secret, l.SecretHash) {
		return "", false
	}
	return "/j/" + string(l.ID) + "#" + secret, true
}

// Flows is the key that signs the cookie of a sign-in at a provider.
func (k *Keeper) Flows() []byte { return k.sum("flows") }

// Relay is what credentials of TURN derive from.
func (k *Keeper) Relay() []byte { return k.sum("relay") }

// id names the link of a place: always the same, so that two imports at once
// make one link. 80 bits that survive being typed: lower case, no sign that ends
// a URL in a mail.
func (k *Keeper) id(e schedule.EventID, p place) schedule.LinkID {
	sum := k.sum("id", string(e), string(p.kind), string(p.role), p.party, string(p.booth), strconv.Itoa(p.seat), p.name)
	return schedule.LinkID(strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])))
}

// sum is the HMAC of parts that cannot run into each other.
func (k *Keeper) sum(parts ...string) []byte {
	h := hmac.New(sha256.New, k.key)
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return h.Sum(nil)
}
