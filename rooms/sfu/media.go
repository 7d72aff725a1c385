// Package sfu is the media plane: it answers one offer a browser and forwards
// packets between the Peers that result, any source of any Peer into any slot
// of any other.
//
// The Engine owns the sockets and the table of Peers; each Peer's loop owns its
// slots; an UpTrack's read goroutine owns its rewriting and fans out over an
// atomic snapshot of DownTracks. Rooms never touch a packet: they say who sees
// whom with Bind and who may be heard with Allow. Renegotiating SDP when people
// come and go (as most SFUs do) was rejected; see the design notes in doc.go.
package sfu

// PeerID names the server's end of one PeerConnection.
type PeerID string

// Source says what a publisher's media shows or sounds.
type Source string

const (
	Microphone  Source = "microphone"
	Camera      Source = "camera"
	Screen      Source = "screen"
	ScreenAudio Source = "screen_audio"
)

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
)

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
}
