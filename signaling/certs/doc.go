// Package certs is what the port proves to be: a certificate from an authority
// (ACME), from files that somebody else renews, or from the hall itself.
//
// A Source owns the certificate in use and whatever renews it; a handshake asks
// it and never waits for the network. Certificates that an authority is asked for
// while a browser waits (on demand) were rejected: anybody who names names could
// use up what the authority allows us in a week.
package certs

import (
	"crypto/tls"
	"crypto/x509"
)

// Source is where the certificate comes from.
type Source interface {
	// TLS is how a port speaks that shows the certificate.
	TLS() *tls.Config
	// Leaf is the certificate that is shown just now; nil: none is there yet.
	Leaf() *x509.Certificate
	// Close ends what renews it.
	Close()
}
