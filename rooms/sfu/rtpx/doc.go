// Package rtpx is packet arithmetic: numbers, offsets and bytes of RTP, of
// the codecs of pictures, and of the sender reports around them.
//
// Everything here is plain state with one owner, the track that holds it; only
// Cache and Timeline are shared between goroutines and lock for themselves.
// Nothing starts a goroutine, reads a clock, draws a random number or touches
// a socket: the caller passes times and seeds, so that every case can be put
// into a table or a fuzzer. Working on pion's rtp.Packet was rejected: it
// allocates for extensions and cannot be rewritten in place, and these
// functions run once for each packet and receiver.
package rtpx
