// Package front is the one port: pages, signalling, TURN and ICE-TCP come to
// the same TCP port and are told apart by their first bytes.
//
// A Front owns the port's listener and every connection until it knows what it
// is; then it belongs to whoever takes it from one of the three listeners. What
// says nothing, or nothing we know, is closed within its limit. A port for each
// was rejected: many companies let only 443 out. Telling TLS connections apart
// by the name they ask for was rejected, too: it takes a second name in DNS and in
// the certificate, and a client of TURN that was given an address sends none.
package front
