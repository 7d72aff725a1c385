package load

import (
	"runtime"
	"time"
)

// What a machine that carries its rooms keeps (issue: rooms of 2 on one core).
const (
	MaxDelay = 50 * time.Millisecond // p99, one way
	MaxLoss  = 0.005
	// selfLate is when the loading side is too late itself to judge delays by.
	selfLate = MaxDelay / 4
	// selfFull is the share of this machine's processors that leaves it no time.
	selfFull = 0.9
)

// Figures are what was measured with so many rooms. Milliseconds, bytes, and
// fractions of 1.
type Figures struct {
	Rooms   int     `json:"rooms"`
	People  int     `json:"people"`  // who should be there
	Present int     `json:"present"` // who was at the end
	Seconds float64 `json:"seconds"` // how long was measured

	Connect  Spread  `json:"connect_ms"`     // opening the link until media could flow
	Join     Spread  `json:"join_ms"`        // asking to join, from a connected lobby, until the first sound of somebody
	Picture  Spread  `json:"picture_ms"`     // the same until the first keyframe
	Delay    Spread  `json:"delay_ms"`       // a packet's, one way
	Loss     float64 `json:"loss"`           // of what should have arrived
	Mended   float64 `json:"recovered"`      // of what arrived: sent again
	Sent     float64 `json:"sent_per_s"`     // packets
	Got      float64 `json:"received_per_s"` // packets; what the server forwarded
	UpMbps   float64 `json:"up_mbps"`
	DownMbps float64 `json:"down_mbps"`

	Server *ServerFigures `json:"server,omitempty"`
	Self   SelfFigures    `json:"self"`

	Repaired map[string]int `json:"repaired"` // sockets that were lost and came back, so far
	Failed   map[string]int `json:"failed"`   // what did not work, so far
}

// Spread is how times are spread; zero when there were none.
type Spread struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// ServerFigures are what the server took.
type ServerFigures struct {
	Cores      float64 `json:"cores"`            // processors that were busy with it
	PerPacket  float64 `json:"us_per_packet"`    // CPU a forwarded packet, microseconds
	PerPerson  float64 `json:"cpu_per_person"`   // cores
	Resident   int64   `json:"resident"`         // bytes at the end
	EachBytes  float64 `json:"bytes_per_person"` // more than before anybody came, a person; 0: not known
	Goroutines int     `json:"goroutines,omitempty"`
	OpenFiles  int     `json:"open_files,omitempty"`
}

// SelfFigures are what the loading side took.
type SelfFigures struct {
	Cores    float64 `json:"cores"`
	Resident int64   `json:"resident"`
	LateP99  float64 `json:"late_p99_ms"` // by which this process woke later than it wanted to
	Limits   bool    `json:"limits"`      // it was the limit itself
}

func spread(h *Histogram) Spread {
	return Spread{Count: h.Count(), P50: ms(h.Quantile(0.5)), P99: ms(h.Quantile(0.99)), Max: ms(h.Max())}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Carried tells whether the people got what they need.
func (f *Figures) Carried() bool {
	return f.Present == f.People && f.Got > 0 && f.Delay.P99 <= ms(MaxDelay) && f.Loss <= MaxLoss
}

func (c *Crowd) figures(before, after sample, late Histogram) Figures {
	d := after.traffic.Less(before.traffic)
	seconds := after.at.Sub(before.at).Seconds()
	f := Figures{Rooms: len(c.rooms), Seconds: seconds, Delay: spread(&d.Delay)}
	c.everybody(func(p *person) {
		f.People++
		if p.there() {
			f.Present++
		}
	})
	var connect, join, picture Histogram
	connect, join, picture, f.Repaired, f.Failed = c.tally.happened()
	f.Connect, f.Join, f.Picture = spread(&connect), spread(&join), spread(&picture)
	if all := d.Received + d.Lost; all > 0 {
		f.Loss = float64(d.Lost) / float64(all)
	}
	if d.Received > 0 {
		f.Mended = float64(d.Recovered) / float64(d.Received)
	}
	f.Sent, f.Got = float64(d.Sent)/seconds, float64(d.Received)/seconds
	f.UpMbps, f.DownMbps = float64(d.SentBytes)*8e-6/seconds, float64(d.ReceivedBytes)*8e-6/seconds

	cores := func(a, b Usage) float64 { return (b.CPU - a.CPU).Seconds() / seconds }
	f.Self = SelfFigures{Cores: cores(before.self, after.self), Resident: after.self.Resident, LateP99: ms(late.Quantile(0.99))}
	f.Self.Limits = f.Self.LateP99 > ms(selfLate) || f.Self.Cores > selfFull*float64(runtime.NumCPU())
	if before.server == nil || after.server == nil {
		return f
	}
	s := &ServerFigures{
		Cores: cores(*before.server, *after.server), Resident: after.server.Resident,
		Goroutines: after.server.Goroutines, OpenFiles: after.server.OpenFiles,
	}
	if d.Received > 0 {
		s.PerPacket = s.Cores * seconds * 1e6 / float64(d.Received)
	}
	if f.Present > 0 {
		s.PerPerson = s.Cores / float64(f.Present)
		if c.empty != nil {
			s.EachBytes = float64(s.Resident-c.empty.Resident) / float64(f.Present)
		}
	}
	f.Server = s
	return f
}
