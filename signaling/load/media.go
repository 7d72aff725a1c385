package load

import (
	"context"
	"time"
)

// Media is one person's PeerConnection, as far as a load needs one. Its methods
// may be called from any goroutine.
type Media interface {
	// Offer makes the one offer; Restart one that restarts ICE.
	Offer() (string, error)
	Restart() (string, error)
	// Answer applies the server's answer to either.
	Answer(sdp string) error
	// Connected waits until media can flow.
	Connected(ctx context.Context) error
	// Send turns a source on or off.
	Send(source string, on bool)
	// Layers says which encodings of a source are wanted, by their rids.
	Layers(source string, rids []string)
	// Await forgets what came before: First tells of what comes from now on.
	Await()
	// First is when the first sound and the first keyframe came; zero: not yet.
	First() (sound, picture time.Time)
	// AddTo adds all that this person has sent and received since it was made.
	AddTo(*Traffic)
	// Close ends it and waits for its goroutines.
	Close()
}

// Identity tells one person's media from another's.
type Identity struct {
	Number           int // from 0, different for each
	Profile          Profile
	Rate             float64
	LossUp, LossDown float64
	Seed             uint64
}

// Traffic is what people have sent and received. Delay is one way, from the
// sender's clock to the receiver's, which are one: packets carry when they were
// sent.
type Traffic struct {
	Sent, SentBytes         int64 // packets of media, without repetitions
	Received, ReceivedBytes int64 // likewise, with what came by RTX
	Recovered               int64 // of Received: by RTX
	Lost                    int64 // never came
	Delay                   Histogram
}

// Less is what was added since an earlier one of the same people.
func (t *Traffic) Less(o *Traffic) *Traffic {
	d := &Traffic{
		Sent: t.Sent - o.Sent, SentBytes: t.SentBytes - o.SentBytes,
		Received: t.Received - o.Received, ReceivedBytes: t.ReceivedBytes - o.ReceivedBytes,
		Recovered: t.Recovered - o.Recovered, Lost: max(t.Lost-o.Lost, 0), // what was late is not lost
		Delay: t.Delay,
	}
	d.Delay.less(&o.Delay)
	return d
}

func (t *Traffic) add(o *Traffic) {
	t.Sent, t.SentBytes = t.Sent+o.Sent, t.SentBytes+o.SentBytes
	t.Received, t.ReceivedBytes = t.Received+o.Received, t.ReceivedBytes+o.ReceivedBytes
	t.Recovered, t.Lost = t.Recovered+o.Recovered, t.Lost+o.Lost
	t.Delay.AddAll(&o.Delay)
}
