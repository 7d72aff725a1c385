// Package load fills rooms with people who come as browsers do, by HTTP,
// WebSocket, ICE, DTLS and SRTP over real sockets, and measures what they get.
//
// A Hall is an event of its own that is made for it and removed after; nobody
// ever enters another one. A Crowd owns its people, each with one socket and one
// set of media, and ends them all. Media is done behind a small interface
// (Media), since hundreds of people in one process need a client that is lighter
// than Pion's PeerConnection. Loading the server by its Go functions was rejected:
// what a center wants to know is what its machine holds with its kernel, its
// sockets and its timers.
package load
