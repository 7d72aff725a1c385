// Package netlab is the bed on which bad networks are tried: namespaces for the
// server, a router with NAT and firewall, and each person; between a person and the
// router a cable whose two directions are lines (package line); real servers, a real
// Redis, real browsers, and people made of Pion where browsers would be too many.
//
// A Lab owns the namespaces and the programs in them and ends both; a Cable owns its
// two TUN devices and the goroutines that carry packets between them. All of it runs
// inside one namespace that Enter made, with its own processes: what is left when the
// program ends, or is killed, ends with it. Containers were rejected: nobody should
// need a daemon, or root, to run the tests.
package netlab
