package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// hallYears is how long a hall's certificate holds. Apple's devices refuse one
// that holds longer than 825 days.
const hallYears = 2

// The files of a hall's certificate in the data folder.
const (
	HallRoot = "hall.crt" // what devices are told to trust
	HallCert = "tls.crt"  // what the port shows
	HallKey  = "tls.key"
)

// Hall is the certificate of a closed hall: nobody outside vouches for it, so
// that each device has to be told once to trust it.
type Hall struct {
	Root, Cert, Key string // files
	Made            bool   // just now: devices have to be told
	Why             string // it was made anew; empty: there was none before
	Until           time.Time
	Print           string // SHA-256 fingerprint of Root, for who compares it on the device
}

// OpenHall finds the certificate in the folder, or makes one that holds for
// these hosts: names and addresses. It is made by an authority whose key is
// thrown away at once: whoever trusts it trusts this one certificate, and no key
// that somebody might steal can vouch for any other host.
func OpenHall(dir string, hosts []string, now time.Time) (Hall, error) {
	h := Hall{Root: filepath.Join(dir, HallRoot), Cert: filepath.Join(dir, HallCert), Key: filepath.Join(dir, HallKey)}
	if len(hosts) == 0 {
		return h, errors.New("a certificate needs a name or an address")
	}
	switch pair, err := load(h.Cert, h.Key); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		h.Why = "the former one cannot be read"
	case !coversAll(pair.Leaf, hosts):
		h.Why = "the former one has other names"
	case now.After(pair.Leaf.NotAfter):
		h.Why = "the former one has ended"
	default:
		h.Until = pair.Leaf.NotAfter
		h.Print, err = printOf(h.Root)
		if err == nil {
			return h, nil
		}
		h.Why = "what devices trust was missing"
	}
	h.Made = true
	if err := h.make(hosts, now); err != nil {
		return h, fmt.Errorf("make the hall's certificate: %w", err)
	}
	var err error
	h.Print, err = printOf(h.Root)
	return h, err
}

func coversAll(leaf *x509.Certificate, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool { return leaf.VerifyHostname(host) != nil })
}

func (h *Hall) make(hosts []string, now time.Time) error {
	from := now.Add(-24 * time.Hour) // a tablet whose clock is behind
	h.Until = now.AddDate(hallYears, 0, 0)
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	root := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{Organization: []string{"Sangdam"}, CommonName: "Sangdam " + hosts[0]},
		NotBefore:    from, NotAfter: h.Until,
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{Organization: []string{"Sangdam"}, CommonName: hosts[0]},
		NotBefore:    from, NotAfter: h.Until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip, err := netip.ParseAddr(host); err == nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip.AsSlice())
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	if err != nil {
		return err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), rootKey)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	encode := func(kind string, der ...[]byte) []byte {
		var b bytes.Buffer
		for _, d := range der {
			_ = pem.Encode(&b, &pem.Block{Type: kind, Bytes: d}) // a buffer does not fail
		}
		return b.Bytes()
	}
	// The key first: a pair that does not fit is made anew at the next start.
	return errors.Join(
		writeFile(h.Key, encode("PRIVATE KEY", keyDER), 0o600),
		writeFile(h.Root, encode("CERTIFICATE", rootDER), 0o644),
		writeFile(h.Cert, encode("CERTIFICATE", leafDER, rootDER), 0o644),
	)
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[0] &= 0x7f
	b[0] |= 0x40
	return new(big.Int).SetBytes(b[:])
}

// writeFile replaces a file as a whole.
func writeFile(name string, content []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// printOf is the fingerprint as devices show it.
func printOf(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", fmt.Errorf("%s is not PEM", name)
	}
	return fingerprint(block.Bytes), nil
}

// Chain reads the certificates of a file, the server's own first, when the key
// belongs to it: for a check from the server's side.
func Chain(cert, key string) ([]*x509.Certificate, error) {
	pair, err := load(cert, key)
	if err != nil {
		return nil, err
	}
	var out []*x509.Certificate
	for _, der := range pair.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
