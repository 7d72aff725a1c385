// Package turn gives the networks that let nothing else out a way to our own
// media port, and to nothing else: a TURN server (RFC 8656) in this process,
// over UDP, TCP and TLS.
//
// A Server owns its listeners and allocations; credentials are derived from a
// key and expire, and nothing is stored. A relayed address is not a port of the
// kernel but a connection into the media engine, so that there is nothing a
// relay could be misused for. coturn beside the server was rejected: a second
// program to install, with a relay that reaches whatever its list forgets.
package turn
