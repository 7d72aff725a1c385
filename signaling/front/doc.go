// Package front is the one port: pages, signalling, TURN and ICE-TCP come to
// the same TCP port and are told apart by their first bytes.
//
// A Front owns the port's listener and hands each connection to one of three
// listeners; what says nothing, or nothing we know, is closed within its limit.
// A port for each was rejected: many companies let only 443 out.
package front
