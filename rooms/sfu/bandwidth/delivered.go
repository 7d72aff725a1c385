package bandwidth

import "time"

const (
	// span is what is looked back on; on a narrow line until enough packets
	// have been seen, a second at most.
	span     = 300 * time.Millisecond
	enough   = 8
	arriving = 1024
)

// arrival is a packet that arrived.
type arrival struct {
	sent, at time.Duration
	size     int32
}

// delivered is the rate at which packets arrived lately (the R_hat of draft-
// ietf-rmcat-gcc-02 section 5.5), by the browser's clock, together with the
// rate at which the same packets left: only what arrived slower than it left
// tells of the line, the rest tells of us.
type delivered struct {
	ring  [arriving]arrival
	count int

	rate    float64 // 0: not known
	limited bool    // by the line
}

func (d *delivered) add(sent, at time.Duration, size int32) {
	d.ring[d.count%arriving] = arrival{sent, at, size}
	d.count++
}

func (d *delivered) reset() { d.count, d.rate, d.limited = 0, 0, false }

func (d *delivered) measure(jitter time.Duration) {
	if d.count < 4 {
		return
	}
	newest := d.ring[(d.count-1)%arriving]
	first, left, last := newest, newest.sent, newest.at
	var bytes int64
	var gap, gap2 time.Duration
	before := newest.at
	packets := 0
	for i := d.count - 1; i >= 0 && i > d.count-1-arriving; i-- {
		a := d.ring[i%arriving]
		if age := newest.at - a.at; age > span && (packets >= enough || age > time.Second) {
			break
		}
		if g := before - a.at; g > gap {
			gap, gap2 = g, gap
		} else {
			gap2 = max(gap2, g)
		}
		before = a.at
		bytes += int64(a.size)
		packets++
		last = max(last, a.at)
		left = max(left, a.sent)
		if a.at < first.at {
			first.at = a.at
		}
		if a.sent < first.sent {
			first.sent, first.size = a.sent, a.size
		}
	}
	// One hole in the arrivals is Wi-Fi that slept, not the line's pace.
	arriving := last - first.at - (gap - gap2)
	leaving := left - first.sent
	if packets < 4 || arriving < span/4 || leaving < span/4 {
		return
	}
	bits := float64(bytes-int64(first.size)) * 8
	in, out := bits/arriving.Seconds(), bits/leaving.Seconds()
	d.rate = min(in, out)
	// A few packets that jitter have a span of their own.
	d.limited = in < 0.92*out && arriving-leaving > 20*time.Millisecond+3*jitter
}

// outgoing is the rate at which packets leave.
type outgoing struct {
	slots [20]int64
	slot  int64 // number of the current one
	begun int64
	sum   int64
}

const (
	outSpan    = 500 * time.Millisecond
	slotLength = outSpan / 20
)

func (o *outgoing) add(size int, at time.Duration) {
	o.turn(at)
	o.slots[o.slot%20] += int64(size)
	o.sum += int64(size)
}

func (o *outgoing) turn(at time.Duration) {
	slot := int64(at/slotLength) + 1
	if o.begun == 0 {
		o.begun, o.slot = slot, slot
	}
	for range min(slot-o.slot, 20) {
		o.slot++
		o.sum -= o.slots[o.slot%20]
		o.slots[o.slot%20] = 0
	}
	o.slot = max(o.slot, slot)
}

func (o *outgoing) rate(at time.Duration) float64 {
	if o.begun == 0 {
		return 0
	}
	o.turn(at)
	over := time.Duration(min(max(o.slot-o.begun, 4), 20)) * slotLength
	return float64(o.sum) * 8 / over.Seconds()
}
