// Package sfu is the media plane: it answers one offer a browser and forwards
// packets between the Peers that result, any source of any Peer into any slot
// of any other.
//
// The Engine owns the sockets and the table of Peers; each Peer's loop owns its
// slots; what arrives of an UpTrack is fanned out, by whoever read it off the
// socket, over an atomic snapshot of DownTracks, each of which owns its rewriting; a
// Peer's egress owns what leaves to one browser:
// its numbers, its pace and what the line is thought to carry. Rooms never touch a
// packet: they say who sees whom with Bind and who may be heard with Allow, and
// hear of what a line does not carry. Renegotiating SDP when people
// come and go (as most SFUs do) was rejected; see the design notes in doc.go.
package sfu

import "time"

// PeerID names the server's end of one PeerConnection.
type PeerID string

// Source says what a publisher's media shows or sounds.
type Source string

const (
	Microphone  Source = "microphone"
	Camera      Source = "camera"
	Screen      Source = "screen"
	ScreenAudio Source = "screen_audio"
	// Closeup is what an encoder shows from its seat; its sound, if it has one, is
	// a ScreenAudio.
	Closeup Source = "closeup"
)

// Encoding is a codec of pictures.
type Encoding string

// The encodings that pass here.
const (
	EncodingVP8  Encoding = "vp8"
	EncodingVP9  Encoding = "vp9"
	EncodingH264 Encoding = "h264"
	EncodingAV1  Encoding = "av1"
)

// Encodings are what a Peer's answer settled of pictures: what it may be asked to
// send of a screen, and what it can be shown on the stage. Both are empty where it
// has no such section.
type Encodings struct {
	Screen []Encoding
	Stage  []Encoding
}

// Profile says which m-sections an offer must have, in order.
type Profile string

const (
	// ProfileRoom: sendonly microphone, camera (three rids q, h, f), screen
	// video, screen audio; then RoomPairs receive pairs (audio section, then
	// video section, one msid stream each), then RoomAudios receive audios.
	ProfileRoom Profile = "room"
	// ProfileWall: one sendonly microphone; then WallVideos receive videos
	// (VP8 alone), then WallAudios receive audios.
	ProfileWall Profile = "wall"
	// ProfileProbe: one receive audio, for trying a way that media is not on.
	ProfileProbe Profile = "probe"
)

// Offer is what a browser asks to be answered, and how.
type Offer struct {
	Profile Profile
	SDP     string
	// Active answers as a full ICE agent that checks and nominates, and begins
	// DTLS itself: for networks on which the usual answer never comes up.
	Active bool
	// SoundOnly sends no picture, whatever the slots are bound to.
	SoundOnly bool
	// Only is the one transport that the answer names, RouteUDP or RouteTCP;
	// RouteNone: all there are.
	Only Route
}

const (
	RoomPairs  = 8 // seven other people and the stage
	RoomAudios = 2 // interpretation, coordinator
	WallVideos = 32
	WallAudios = 2

	// SlotStage is the pair that shows a screen or a close-up.
	SlotStage = RoomPairs - 1
)

// Feed is one source of one Peer. The zero Feed is nothing.
type Feed struct {
	Peer   PeerID
	Source Source
}

// Binding says what one slot of a viewer carries. Slots are numbered in the
// order of their sections: in ProfileRoom 0..7 are pairs, 8..9 audio alone; in
// ProfileWall 0..31 are video alone, 32..33 audio alone. A zero Audio or Video
// silences that half.
type Binding struct {
	Slot  int
	Audio Feed
	Video Feed
	// Ceiling is the highest layer of Video shown; CeilingProfile: what the
	// profile gives. It may change while a picture is shown.
	Ceiling Ceiling
	// Focused pictures come before all but a screen when the line is short.
	Focused bool
}

// Ceiling is the highest layer of a camera that a slot shows.
type Ceiling string

const (
	// CeilingProfile: the lowest layer on a wall, the highest in a room unless
	// more than two people are seen.
	CeilingProfile Ceiling = ""
	CeilingLow     Ceiling = "q"
	CeilingMiddle  Ceiling = "h"
	CeilingHigh    Ceiling = "f"
)

// State is a Peer's transport state, as the server knows it.
type State string

const (
	StateNew          State = "new"
	StateConnected    State = "connected"    // ICE and DTLS are up
	StateDisconnected State = "disconnected" // nothing is received any more, not even a check
	StateFailed       State = "failed"       // gone for good unless ICE restarts
	StateClosed       State = "closed"
)

// Observer hears news of a Peer. Its methods are called in order from the
// Peer's own loop and must return at once.
type Observer interface {
	PeerState(PeerID, State)
	// SourceFlow tells that RTP of a source has begun or ceased to arrive.
	SourceFlow(id PeerID, s Source, flowing bool)
	// Paused tells all slots whose picture is not sent just now, because the line
	// to this Peer would not carry it beside the voices; ascending, often none.
	Paused(id PeerID, slots []int)
	// Holds tells how long picture and voice of each slot, by its number, should
	// be held before they are played, so that what is sent again on the lines
	// they come by is there in time; zero leaves it to the browser.
	Holds(id PeerID, holds []time.Duration)
	// Wanted tells the layers of a source, by rid and the lowest first, that
	// anybody watches; of the others nothing needs to be sent. A Peer begins with
	// all of them wanted.
	Wanted(id PeerID, s Source, rids []string)
	// Speaks tells that somebody begins or ceases to speak into the microphone.
	Speaks(id PeerID, speaks bool)
}

// Truth is what is known of a Peer's media just now, for the people who watch
// over it. Loss is of the last few seconds.
type Truth struct {
	State     State
	Route     Route
	RoundTrip time.Duration // smoothed, from receiver reports; 0 while unknown: nothing is shown to it yet
	LossUp    float64       // 0 to 1, before repair
	LossDown  float64       // 0 to 1, as the browser reports it, less what never came to us
	Level     uint8         // of the microphone: loudest of the last second, −dBov (RFC 6464): 0 is loudest, 127 silence
	Silent    bool          // the microphone flows and nothing above NoiseFloor has come for SilentAfter
	Clipping  bool          // it has been at full scale again and again
	Speaking  bool          // somebody speaks into it just now
	Line      int           // what the line to this Peer carries, bits a second, as estimated; 0: not known yet
	Paused    []int         // slots whose picture that does not suffice for
	Unfed     []Feed        // bound to this Peer, flowing at their publisher, and yet nothing goes out to it

	Gaps       float64       // 0 to 1: of the microphone, what has not come after all: neither by itself nor with a later packet
	Jitter     time.Duration // of the microphone on its way here (RFC 3550 section 6.4.1)
	JitterDown time.Duration // of the voices on their way to the browser, the worst, as it reports
	Camera     Picture       // as it comes
	Shown      Picture       // the sharpest of those that go out
}

// Picture is how one is sent just now. The zero Picture: there is none.
type Picture struct {
	Layer   string // rid; "" without layers
	Missing int    // layers that are wanted above this one and do not come; of Shown: of all slots, that the line does not carry
	Rate    int    // pictures a second
}

// Route is how media travels between a browser and us.
type Route string

const (
	RouteNone  Route = ""
	RouteUDP   Route = "udp"
	RouteTCP   Route = "tcp"
	RouteRelay Route = "relay" // by a TURN server
)

// Levels is the loudness of a Peer's microphone over the last seconds, for
// comparing rooms: one value a LevelStep, the newest last, −dBov (RFC 6464), 127
// where nothing came. End is when the newest step ended.
type Levels struct {
	End   time.Time
	Steps []uint8
}

const (
	// LevelStep is how much time one value of Levels stands for: five packets of
	// Opus, and short enough for the four syllables a second of speech.
	LevelStep = 100 * time.Millisecond
	// LevelSteps is how many of them Levels has: 10 s.
	LevelSteps = 100
)
