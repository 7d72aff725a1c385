package sfu

// Design notes.
//
// Goroutines. A Peer has a loop (its bindings, its state, the Observer), a
// clock (everything that happens because time passed) and what wire runs: one
// goroutine for RTP, one for RTCP. A packet goes from the publisher's RTP
// goroutine straight into the sockets of all receivers; it never waits for a
// loop. Locks on its way (Layer.mu, DownTrack.mu) are held for one packet, one
// replay of a cached keyframe or one assignment, never across a loop's task, and
// never two of one kind at once.
//
// Queues. There are none for media: what a socket does not take is lost, and
// asked for again. Loops have loop.DefaultQueue places; news that does not fit
// is told by the next tick of the clock, since it is derived from state.
//
// Keyframes. A DownTrack begins with a keyframe and crosses from one layer or
// person to the next on a keyframe, always: a browser that decodes one person's
// changes onto another's picture cannot notice.
