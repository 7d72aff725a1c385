package truth

import (
	"encoding/json"
	"fmt"
	"time"
)

// Record is what one page saw and heard from its beginning on. Times are Unix times in
// milliseconds.
type Record struct {
	Now     float64    `json:"now"` // when it was told
	Agent   string     `json:"agent"`
	Streams []Stream   `json:"streams"`
	Stats   []Snapshot `json:"stats"`
	Faults  []string   `json:"faults"` // of the reader itself
}

// Stream is one track at one place: an element with the label and the role that its
// tile then had. A place that comes to show somebody else begins a new stream.
type Stream struct {
	Kind  string `json:"kind"` // audio or video
	Track string `json:"track"`
	Own   bool   `json:"own"` // the page's own camera or microphone, at its capture
	Label string `json:"label"`
	Role  string `json:"role"`
	// Participant is whose tile it was, as its page has it in data-participant.
	Participant string  `json:"participant"`
	Begun       float64 `json:"begun"`

	Frames []Frame `json:"frames"`
	Runs   []Run   `json:"runs"`
}

// Frame is [when, number, sender]; the last two are -1 when it carried no code.
type Frame [3]float64

// At is when it was shown or, of the page's own, captured.
func (f Frame) At() float64 { return f[0] }

// Number is 0 to 149, and -1.
func (f Frame) Number() int { return int(f[1]) }

// Sender is whose it is.
func (f Frame) Sender() int { return int(f[2]) }

// Run is a stretch of sound in which the code went on as time did: [from, code at
// from, to, code at to, sender]; the code is in milliseconds of Loop.
type Run [5]float64

// From is when it began.
func (r Run) From() float64 { return r[0] }

// To is when it ended, or when the next run goes on with it.
func (r Run) To() float64 { return r[2] }

// Sender is whose voice it is.
func (r Run) Sender() int { return int(r[4]) }

// Snapshot is a PeerConnection's statistics at one time, in the browser's own names.
// Sections without any packet are left out.
type Snapshot struct {
	At       float64    `json:"at"`
	PC       int        `json:"pc"` // counts the page's PeerConnections
	State    string     `json:"state"`
	Inbound  []Inbound  `json:"inbound"`
	Outbound []Outbound `json:"outbound"`
	Pair     *Pair      `json:"pair"` // nil: no pair selected
}

// Inbound is of one receiving section.
type Inbound struct {
	Kind              string  `json:"kind"`
	MID               string  `json:"mid"`
	Packets           float64 `json:"packetsReceived"`
	Lost              float64 `json:"packetsLost"`
	Bytes             float64 `json:"bytesReceived"`
	Samples           float64 `json:"totalSamplesReceived"`
	Concealed         float64 `json:"concealedSamples"`
	SilentlyConcealed float64 `json:"silentConcealedSamples"`
	Inserted          float64 `json:"insertedSamplesForDeceleration"`
	Removed           float64 `json:"removedSamplesForAcceleration"`
	JitterDelay       float64 `json:"jitterBufferDelay"` // seconds, summed over Emitted
	Emitted           float64 `json:"jitterBufferEmittedCount"`
	Decoded           float64 `json:"framesDecoded"`
	Keyframes         float64 `json:"keyFramesDecoded"`
	Freezes           float64 `json:"freezeCount"`
	Frozen            float64 `json:"totalFreezesDuration"` // seconds
	Width             float64 `json:"frameWidth"`
	PLIs              float64 `json:"pliCount"`
	NACKs             float64 `json:"nackCount"`
	Retransmitted     float64 `json:"retransmittedPacketsReceived"`
	Redundant         float64 `json:"fecPacketsReceived"` // used from RED, too
}

// Outbound is of one encoding.
type Outbound struct {
	Kind      string             `json:"kind"`
	MID       string             `json:"mid"`
	RID       string             `json:"rid"`
	Active    bool               `json:"active"`
	Packets   float64            `json:"packetsSent"`
	Bytes     float64            `json:"bytesSent"`
	Encoded   float64            `json:"framesEncoded"`
	Keyframes float64            `json:"keyFramesEncoded"`
	Width     float64            `json:"frameWidth"`
	Rate      float64            `json:"framesPerSecond"`
	Target    float64            `json:"targetBitrate"`
	Limit     string             `json:"qualityLimitationReason"`
	Limited   map[string]float64 `json:"qualityLimitationDurations"` // seconds
	PLIs      float64            `json:"pliCount"`
	NACKs     float64            `json:"nackCount"`
}

// Pair is the path that carried the media.
type Pair struct {
	RTT           float64 `json:"currentRoundTripTime"`     // seconds
	Available     float64 `json:"availableOutgoingBitrate"` // bit/s
	Sent          float64 `json:"bytesSent"`
	Received      float64 `json:"bytesReceived"`
	Local         string  `json:"local"`    // candidate type
	Protocol      string  `json:"protocol"` // udp or tcp; of a relay that towards the peer
	RelayProtocol string  `json:"relayProtocol"`
	Remote        string  `json:"remote"`
	RemotePort    int     `json:"remotePort"`
}

// Route is the pair in few words: prflx/udp, host/tcp, relay/tls.
func (p Pair) Route() string {
	if p.RelayProtocol != "" {
		return p.Local + "/" + p.RelayProtocol
	}
	return p.Local + "/" + p.Protocol
}

// Parse reads what a page's report() gave.
func Parse(text []byte) (*Record, error) {
	r := &Record{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("truth: record: %w", err)
	}
	return r, nil
}

func millis(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
