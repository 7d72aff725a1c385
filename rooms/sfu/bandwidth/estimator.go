package bandwidth

import (
	"time"

	"github.com/pion/rtcp"
)

// Rate is in bits a second.
type Rate int

// Options of an Estimator.
type Options struct {
	Start   Rate // 0: 800 kbit/s
	Floor   Rate // 0: 60 kbit/s
	Ceiling Rate // 0: 8 Mbit/s
}

// Estimator says what the line to one browser carries. It is safe for use by
// several goroutines; Sent is on the path of every packet and allocates nothing.
type Estimator struct{ target Rate }

// Cluster is a short burst above the target that finds out whether the line
// carries more. The zero Cluster is none.
type Cluster struct {
	ID    int
	Rate  Rate // to send at, everything together
	Bytes int  // to send at least
}

// New makes one; now is when its clock begins.
func New(o Options, now time.Time) *Estimator {
	if o.Start == 0 {
		o.Start = 800_000
	}
	return &Estimator{target: o.Start}
}

// Sent tells of a packet that has left under a transport-wide sequence number;
// size is the whole datagram's, cluster the probe it belongs to (0: none).
func (e *Estimator) Sent(number uint16, size int, cluster int, now time.Time) {}

// Feedback takes a browser's transport-wide feedback.
func (e *Estimator) Feedback(f *rtcp.TransportLayerCC, now time.Time) {}

// Report takes the loss and round trip of a receiver report: all there is when
// a browser gives no transport-wide feedback.
func (e *Estimator) Report(loss float64, roundTrip time.Duration, now time.Time) {}

// Limit takes the browser's own bound (REMB, draft-alvestrand-rmcat-remb-03).
func (e *Estimator) Limit(r Rate, now time.Time) {}

// Target is what may be sent from now on, everything together.
func (e *Estimator) Target() Rate { return e.target }

// Wanted tells how much there would be to send if the line took it: without
// knowing, a quiet sender would take its own pace for the line's.
func (e *Estimator) Wanted(r Rate, now time.Time) {}

// Probe returns the cluster that should be sent now; it is returned once.
func (e *Estimator) Probe(now time.Time) (Cluster, bool) { return Cluster{}, false }

// State is what is known of the line, for people and metrics.
type State struct {
	Target    Rate
	Delivered Rate          // what lately arrived
	Loss      float64       // 0 to 1, of the last second
	Queue     time.Duration // above the shortest delay seen
	Overuse   bool
	Feedback  bool // transport-wide feedback comes
}

// State tells what is known.
func (e *Estimator) State() State { return State{Target: e.target} }
