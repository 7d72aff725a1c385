package certs

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// ACMEConfig says whom to ask for a certificate, and for which names.
type ACMEConfig struct {
	Domains   []string
	Email     string // where the authority writes to when something is wrong; may be empty
	Directory string // of the authority; empty: Let's Encrypt
	Roots     *x509.CertPool
	Dir       string // keeps account, keys and certificates
	Listen    string // the port that shows them, for the authority's question
	Logger    *slog.Logger
}

// ACME has certificates from an authority, which asks on the port itself
// whether the names are ours (TLS-ALPN-01): no second port, no file to serve.
// They are renewed when a third of their time is left.
type ACME struct {
	// Fixed after StartACME.
	domains []string
	magic   *certmagic.Config
	cache   *certmagic.Cache
	stop    context.CancelFunc
}

var _ Source = (*ACME)(nil)

// StartACME begins to get and to renew; until the first certificate is there,
// handshakes fail. The port must be listened on already: the authority asks at
// once.
func StartACME(c ACMEConfig) (*ACME, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	host, portText, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	if len(c.Domains) == 0 {
		return nil, errors.New("certs: no names to ask for")
	}
	silent := zap.NewNop() // what matters comes by OnEvent, in our log's form
	a := &ACME{domains: c.Domains}
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil },
		Logger:           silent,
	})
	a.magic = certmagic.New(a.cache, certmagic.Config{
		Storage:           &certmagic.FileStorage{Path: c.Dir},
		DefaultServerName: c.Domains[0], // a client that was given an address names nobody
		Logger:            silent,
		OnEvent: func(_ context.Context, event string, data map[string]any) error {
			switch event {
			case "cert_obtained":
				c.Logger.Info("a certificate was given", "name", data["identifier"], "renewed", data["renewal"])
			case "cert_failed":
				c.Logger.Warn("no certificate was given: see that the name leads here and that port 443 is open to everybody; it is tried again", "name", data["identifier"], "err", data["error"])
			}
			return nil
		},
	})
	directory := c.Directory
	if directory == "" {
		directory = certmagic.LetsEncryptProductionCA
	}
	a.magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(a.magic, certmagic.ACMEIssuer{
		CA: directory, Email: c.Email, Agreed: true, TrustedRoots: c.Roots,
		DisableHTTPChallenge: true,
		ListenHost:           host, AltTLSALPNPort: port, // so that it finds our port taken, and leaves it to us
		Logger: silent,
	})}
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	if err := a.magic.ManageAsync(ctx, c.Domains); err != nil {
		a.Close()
		return nil, fmt.Errorf("certificates for %s: %w", strings.Join(c.Domains, ", "), err)
	}
	return a, nil
}

// TLS refuses names that are not ours: an authority's certificate for another
// name helps nobody, and who scans the net for names learns none here.
func (a *ACME) TLS() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1", "acme-tls/1"},
		GetCertificate: a.magic.GetCertificate,
	}
}

// Leaf is the certificate of the first name.
func (a *ACME) Leaf() *x509.Certificate {
	for _, c := range a.cache.AllMatchingCertificates(a.domains[0]) {
		if c.Leaf != nil {
			return c.Leaf
		}
	}
	return nil
}

// Close ends the renewal.
func (a *ACME) Close() {
	a.stop()
	a.cache.Stop()
}

// fingerprint is the SHA-256 of a certificate in pairs of digits.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}
