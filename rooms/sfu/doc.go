package sfu

// Design notes.
//
// Goroutines. A Peer has a loop (its bindings, its state, the Observer), a
// clock (everything that happens because time passed), a pacer (pictures that
// wait, probes), and no goroutine for what arrives: wire's reader, which reads for
// all, takes a packet from the publisher's address through Peer.RTP into the outboxes
// of all receivers whose line has room; it never waits for a loop. A Peer's RTP
// goroutine, as fields and functions name it, is the one that is in Peer.RTP: any of
// the readers, one at a time. What a batch of arrivals, a tick or a drain brings
// leaves by one system call. Locks on its way (Layer.mu, DownTrack.mu, egress.mu, in
// this order) are held for one packet, one replay of a cached keyframe, one drain or
// one assignment, never across a loop's task, and never two of one kind at once.
//
// Queues. Sound waits nowhere: what a socket does not take is lost, and asked for
// again. Pictures wait in their Peer's egress while its line is busy, by the limits
// of egress.go; what no longer fits cuts its slot off until the next keyframe.
// Loops have loop.DefaultQueue places; news that does not fit is told by the next
// tick of the clock, since it is derived from state.
//
// Keyframes. A DownTrack begins with a keyframe and crosses from one layer or
// person to the next on a keyframe, always: a browser that decodes one person's
// changes onto another's picture cannot notice.
//
// Codecs. A packet travels in the codec that its publisher chose, to those who
// offered it; a DownTrack changes its payload type at a keyframe. Pictures are parsed
// as far as a keyframe, a layer and an end can be told (rtpx.Picture). Transcoding was
// rejected: it is a machine's work for one room.
//
// Layers. What no viewer needs at the size of its tile sleeps at the publisher
// (wanted.go): the cheapest packet is the one that nobody sends.
//
// Bad lines. Each Peer has an estimator (package bandwidth) of what its line
// carries; its egress numbers what leaves, tells the estimator, paces pictures by
// it and fills in probes. The allocator (allocation.go) gives the line to voices
// first, then to pictures by who speaks, and pauses those that it does not suffice
// for. Against loss, sound carries its former frames along (redundancy.go), pictures
// are sent again when asked for, within a share of the line, or twice at once on far
// lines (insurance.go); and who watches is told how long to hold a slot so that this
// comes in time (mending.go). Forward error correction of pictures was rejected: it
// costs a narrow line all the time what a repetition costs only after a loss.
// Config.Without switches redundancy, repetition or allocation off, to find a fault
// in one.
