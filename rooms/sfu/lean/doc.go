// Package lean is a browser's media without a PeerConnection: one offer in the
// order of the room's profile, ICE towards a lite server, DTLS, SRTP, simulcast,
// repetitions, and the feedback that a server's estimate needs, at a cost that
// lets hundreds live in one process.
//
// A Pool owns the goroutines that send for all Clients; a Client owns one UDP
// socket, the goroutine that reads it and, while it connects, one more. Packets
// are made up and carry when they left, so that delay is measured one way within
// a process. Pion's PeerConnection was rejected for this: some thirty goroutines
// and five megabytes each measure the client instead of the server.
package lean
