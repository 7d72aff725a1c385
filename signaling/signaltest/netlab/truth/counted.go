package truth

import "time"

// Counted is what the browser itself counted in a time, over all its PeerConnections.
type Counted struct {
	Samples, Concealed float64 // of sound; what was concealed with silence is not counted
	Stretched          float64 // samples that the jitter buffers put in or left out
	Packets, Lost      float64
	JitterDelay        time.Duration // mean of the sound's jitter buffers
	Freezes            float64
	Frozen             time.Duration
	Decoded            float64
	Retransmitted      float64
	Redundant          float64 // sound packets made up for by redundancy
	PLIs               float64 // asked for
	Received, Sent     float64 // bytes of media

	CPULimited       time.Duration // the encoders held back by the machine
	BandwidthLimited time.Duration // and by the path
	Routes           []string      // of the pairs that were selected, in order, none twice in a row
	RTT              time.Duration // largest

	emitted, waited float64 // what JitterDelay is made of: samples, and their seconds
}

// ConcealedShare is 0 to 1.
func (c Counted) ConcealedShare() float64 {
	if c.Samples == 0 {
		return 0
	}
	return c.Concealed / c.Samples
}

// Counted sums up a time; zero limits are the record's.
func (r *Record) Counted(from, to time.Time) Counted {
	first, last := 0.0, r.Now
	if !from.IsZero() {
		first = millis(from)
	}
	if !to.IsZero() {
		last = millis(to)
	}
	type key struct {
		pc       int
		out      bool
		mid, rid string
	}
	ends := make(map[key]Counted)
	bases := make(map[key]Counted)
	var c Counted
	for _, s := range r.Stats {
		if s.At > last {
			break
		}
		into := ends
		if s.At <= first {
			into = bases
		}
		for _, in := range s.Inbound {
			into[key{s.PC, false, in.MID, ""}] = in.counted()
		}
		for _, out := range s.Outbound {
			into[key{s.PC, true, out.MID, out.RID}] = out.counted()
		}
		if s.Pair != nil && s.At > first {
			if route := s.Pair.Route(); len(c.Routes) == 0 || c.Routes[len(c.Routes)-1] != route {
				c.Routes = append(c.Routes, route)
			}
			c.RTT = max(c.RTT, seconds(s.Pair.RTT))
		}
	}
	for k, end := range ends {
		c.add(end, 1)
		c.add(bases[k], -1)
	}
	if c.emitted > 0 {
		c.JitterDelay = seconds(c.waited / c.emitted)
	}
	return c
}

func (c *Counted) add(o Counted, sign float64) {
	c.Samples += sign * o.Samples
	c.Concealed += sign * o.Concealed
	c.Stretched += sign * o.Stretched
	c.Packets += sign * o.Packets
	c.Lost += sign * o.Lost
	c.Freezes += sign * o.Freezes
	c.Frozen += time.Duration(sign) * o.Frozen
	c.Decoded += sign * o.Decoded
	c.Retransmitted += sign * o.Retransmitted
	c.Redundant += sign * o.Redundant
	c.PLIs += sign * o.PLIs
	c.Received += sign * o.Received
	c.Sent += sign * o.Sent
	c.CPULimited += time.Duration(sign) * o.CPULimited
	c.BandwidthLimited += time.Duration(sign) * o.BandwidthLimited
	c.emitted += sign * o.emitted
	c.waited += sign * o.waited
}

func (in Inbound) counted() Counted {
	c := Counted{
		Packets: in.Packets, Lost: in.Lost, Retransmitted: in.Retransmitted, PLIs: in.PLIs, Received: in.Bytes,
		Samples: in.Samples, Concealed: in.Concealed - in.SilentlyConcealed, Redundant: in.Redundant, Stretched: in.Inserted + in.Removed,
		Freezes: in.Freezes, Frozen: seconds(in.Frozen), Decoded: in.Decoded,
	}
	if in.Kind == "audio" {
		c.emitted, c.waited = in.Emitted, in.JitterDelay
	}
	return c
}

func (out Outbound) counted() Counted {
	return Counted{Sent: out.Bytes, CPULimited: seconds(out.Limited["cpu"]), BandwidthLimited: seconds(out.Limited["bandwidth"])}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
