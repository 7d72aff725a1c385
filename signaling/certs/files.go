package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookAgain is how long the files are believed to be as they were.
const lookAgain = 10 * time.Second

// FilesConfig says where a certificate and its key lie.
type FilesConfig struct {
	Cert, Key string           // PEM
	Logger    *slog.Logger     // nil: silent
	Now       func() time.Time // nil: time.Now
}

// Files is a certificate in two files, which somebody else may replace at any
// time: the next handshake after ten seconds shows the new one. What cannot be
// used is not: the old one stays.
type Files struct {
	// Fixed after OpenFiles.
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex // guards what follows
	current *tls.Certificate
	is      [2]stamp // of the files that were read last, usable or not
	looked  time.Time
}

// stamp is what changes when a file does.
type stamp struct {
	at   time.Time
	size int64
}

var _ Source = (*Files)(nil)

// OpenFiles reads them; what cannot be used at the start is an error.
func OpenFiles(c FilesConfig) (*Files, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	f := &Files{cert: c.Cert, key: c.Key, log: c.Logger, now: c.Now}
	var err error
	if f.is, err = f.stamps(); err != nil {
		return nil, err
	}
	if f.current, err = load(f.cert, f.key); err != nil {
		return nil, err
	}
	f.looked = f.now()
	return f, nil
}

func load(cert, key string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s and key %s: %w", cert, key, err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return nil, fmt.Errorf("certificate %s: %w", cert, err)
		}
	}
	return &pair, nil
}

// stamps looks at the files without reading them.
func (f *Files) stamps() (is [2]stamp, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, failed := os.Stat(name)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		is[i] = stamp{info.ModTime(), info.Size()}
	}
	return is, err
}

// TLS shows the certificate to every name: with another one a browser tells what
// is wrong, with none it tells nothing.
func (f *Files) TLS() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.get(), nil },
	}
}

// Leaf is the certificate that is shown just now.
func (f *Files) Leaf() *x509.Certificate { return f.get().Leaf }

// Close has nothing to end.
func (f *Files) Close() {}

func (f *Files) get() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.looked) < lookAgain {
		return f.current
	}
	f.looked = now
	// A file that is being replaced may be gone for a moment: that is no news.
	is, err := f.stamps()
	if err != nil || is == f.is {
		return f.current
	}
	f.is = is // first: of a broken file it is said once
	pair, err := load(f.cert, f.key)
	if err == nil && now.After(pair.Leaf.NotAfter) && now.Before(f.current.Leaf.NotAfter) {
		err = fmt.Errorf("certificate %s ended %v", f.cert, pair.Leaf.NotAfter)
	}
	if err != nil {
		f.log.Warn("the new certificate cannot be used, the former one stays", "err", err)
		return f.current
	}
	f.log.Info("a new certificate is used", "until", pair.Leaf.NotAfter)
	f.current = pair
	return f.current
}
