package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sangdam/signaling/certs"
	"sangdam/signaling/sheet"
)

// TLS turns on https in this process, by one of three ways to a certificate.
type TLS struct {
	Cert string `placeholder:"FILE" help:"Certificate chain (PEM), read again when it changes. No way to a certificate set: plain http, for a proxy in front or for 127.0.0.1."`
	Key  string `placeholder:"FILE" help:"Its private key (PEM)."`

	ACME          []string `name:"acme" placeholder:"NAME,…" help:"Names to get certificates for by ACME, from Let's Encrypt unless tls-acme-directory says otherwise. Port 443 of them must lead here. Who sets this agrees to the authority's terms."`
	ACMEEmail     string   `name:"acme-email" placeholder:"ADDR" help:"Where the authority writes to when a certificate is in danger."`
	ACMEDirectory string   `name:"acme-directory" placeholder:"URL" help:"Another authority's ACME directory."`

	SelfSigned bool `help:"Make a certificate for a closed hall, which each device has to be told to trust. It is kept in the data folder."`
}

// on tells whether this process speaks TLS.
func (t *TLS) on() bool { return t.Cert != "" || len(t.ACME) > 0 || t.SelfSigned }

// setting names the way to the certificate.
func (t *TLS) setting() string {
	switch {
	case t.Cert != "":
		return "tls-cert and tls-key"
	case len(t.ACME) > 0:
		return "tls-acme"
	}
	return "tls-self-signed"
}

func (t *TLS) check(publicURL string) error {
	if (t.Cert == "") != (t.Key == "") {
		return fmt.Errorf("tls-cert and tls-key belong together: one of them is missing")
	}
	if t.Cert != "" && len(t.ACME) > 0 || t.Cert != "" && t.SelfSigned || len(t.ACME) > 0 && t.SelfSigned {
		return fmt.Errorf("tls-cert, tls-acme and tls-self-signed exclude each other: keep one")
	}
	for _, name := range t.ACME {
		if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") || strings.ContainsAny(name, ":/ *") {
			return fmt.Errorf("tls-acme: %q is not a name like meet.example.kr", name)
		}
	}
	if t.ACMEDirectory != "" {
		if u, err := url.Parse(t.ACMEDirectory); err != nil || u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("tls-acme-directory: %q is not like https://acme.example.kr/directory", t.ACMEDirectory)
		}
	}
	if !t.on() || publicURL == "" {
		return nil
	}
	u, err := url.Parse(publicURL)
	if err != nil {
		return err
	}
	if u.Scheme != "https" {
		return fmt.Errorf("public-url: %q must begin with https, because TLS is on", publicURL)
	}
	if len(t.ACME) > 0 && !slices.ContainsFunc(t.ACME, func(n string) bool { return strings.EqualFold(n, u.Hostname()) }) {
		return fmt.Errorf("tls-acme: %s of public-url is not among the names", u.Hostname())
	}
	return nil
}

// acmeDir is the part of the data folder that keeps account and certificates.
const acmeDir = "acme"

// source opens the certificate; nil when this process speaks no TLS. A hall's is
// told of on the sheet, too. The port must be listened on already.
func (c *Edge) source(bound net.Addr, data string, media *Media, logger *slog.Logger) (certs.Source, *sheet.Hall, error) {
	switch t := c.TLS; {
	case t.Cert != "":
		f, err := certs.OpenFiles(certs.FilesConfig{Cert: t.Cert, Key: t.Key, Logger: logger})
		if err != nil {
			return nil, nil, &failure{text: "the certificate cannot be used: see tls-cert and tls-key", cause: err}
		}
		return f, nil, nil
	case len(t.ACME) > 0:
		if data == "" {
			return nil, nil, errNoData
		}
		a, err := certs.StartACME(certs.ACMEConfig{
			Domains: t.ACME, Email: t.ACMEEmail, Directory: t.ACMEDirectory,
			Dir: filepath.Join(data, acmeDir), Listen: bound.String(), Logger: logger,
		})
		if err != nil {
			return nil, nil, &failure{text: "no certificate can be asked for: see tls-acme", cause: err}
		}
		return a, nil, nil
	case t.SelfSigned:
		h, err := c.hall(data, media)
		if err != nil {
			return nil, nil, err
		}
		if h.Made && h.Why != "" {
			logger.Warn("the hall's certificate was made anew: every device has to be told again to trust it", "why", h.Why)
		}
		f, err := certs.OpenFiles(certs.FilesConfig{Cert: h.Cert, Key: h.Key, Logger: logger})
		if err != nil {
			return nil, nil, err
		}
		return f, &sheet.Hall{File: h.Root, Print: h.Print, Until: h.Until}, nil
	}
	return nil, nil, nil
}

// hall finds or makes the certificate of a closed hall.
func (c *Edge) hall(data string, media *Media) (certs.Hall, error) {
	if data == "" {
		return certs.Hall{}, errNoRoot
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return certs.Hall{}, &failure{text: "the data folder cannot be made: say --data with one that can be written to", cause: err}
	}
	hosts, err := c.hosts(media)
	if err != nil {
		return certs.Hall{}, err
	}
	h, err := certs.OpenHall(data, hosts, time.Now())
	if err != nil {
		return h, &failure{text: "the hall's certificate cannot be made in the data folder", cause: err}
	}
	return h, nil
}

// hosts are the names and addresses that a browser may have in its address bar.
func (c *Edge) hosts(media *Media) ([]string, error) {
	var out []string
	add := func(host string) {
		if host != "" && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil {
			return nil, err
		}
		add(u.Hostname())
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil && !ip.IsUnspecified() {
			add(ip.String())
		}
	}
	// Addresses that were found and not configured come and go, and a certificate
	// that is made anew has to be trusted anew: they count when nothing else is known.
	if len(media.Advertise) > 0 || len(out) == 0 {
		addresses, err := media.addresses()
		if err != nil {
			return nil, err
		}
		for _, a := range addresses {
			add(a.String())
		}
	}
	if len(out) == 0 {
		return nil, errors.New("a certificate needs a name: set public-url")
	}
	return out, nil
}
