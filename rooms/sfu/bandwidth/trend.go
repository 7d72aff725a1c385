package bandwidth

import "time"

// usage is what the delay's trend says of the line.
type usage int

const (
	normal usage = iota
	over
	under
)

// Numbers of the trendline filter and its detector, as draft-ietf-rmcat-gcc-02
// sections 5.3 to 5.5 and every browser have them.
const (
	points    = 20
	smoothing = 0.9
	gain      = 4.0
	most      = 60 // steps that count towards certainty

	threshold0   = 12.5 // ms
	thresholdMin = 6.0
	thresholdMax = 600.0
	faster       = 0.0087
	slower       = 0.039
	outlier      = 15.0

	persists = 10 * time.Millisecond
)

// trend says whether the delay grows: a line through the last smoothed delays,
// and a threshold that follows how much the line trembles by itself.
type trend struct {
	steps       int
	sum, smooth float64 // ms
	xs, ys      [points]float64
	first       time.Duration

	last      float64 // slope
	threshold float64
	updated   time.Duration
	overSince time.Duration
	overs     int
	state     usage
}

func (t *trend) add(s step) usage {
	if t.steps == 0 {
		t.first, t.threshold = s.at, threshold0
	}
	t.sum += milliseconds(s.arrived - s.sent)
	t.smooth = smoothing*t.smooth + (1-smoothing)*t.sum
	t.xs[t.steps%points] = milliseconds(s.at - t.first)
	t.ys[t.steps%points] = t.smooth
	t.steps++
	if t.steps < 2 {
		return t.state
	}
	slope, ok := t.slope()
	if !ok {
		slope = t.last
	}
	t.judge(slope, s)
	return t.state
}

// slope fits a line by least squares.
func (t *trend) slope() (float64, bool) {
	// libwebrtc says nothing before the window is full; half of it is what saves
	// a narrow line's queue at the very beginning.
	if t.steps < points/2 {
		return 0, true
	}
	n := min(t.steps, points)
	var mx, my float64
	for i := range n {
		mx += t.xs[i]
		my += t.ys[i]
	}
	mx /= float64(n)
	my /= float64(n)
	var up, down float64
	for i := range n {
		up += (t.xs[i] - mx) * (t.ys[i] - my)
		down += (t.xs[i] - mx) * (t.xs[i] - mx)
	}
	if down == 0 {
		return 0, false
	}
	return up / down, true
}

func (t *trend) judge(slope float64, s step) {
	grows := float64(min(t.steps, most)) * slope * gain
	switch {
	case grows > t.threshold:
		t.overSince += s.sent
		t.overs++
		if t.overSince > persists && t.overs > 1 && slope >= t.last {
			t.overSince, t.overs = 0, 0
			t.state = over
		}
	case grows < -t.threshold:
		t.overSince, t.overs, t.state = 0, 0, under
	default:
		t.overSince, t.overs, t.state = 0, 0, normal
	}
	t.last = slope
	t.adapt(grows, s.at)
}

// adapt moves the threshold slowly towards what is seen, so that a flow of TCP
// beside does not starve us, and faster down than up.
func (t *trend) adapt(grows float64, at time.Duration) {
	if grows < 0 {
		grows = -grows
	}
	dt := min(milliseconds(at-t.updated), 100)
	if t.updated == 0 || dt < 0 {
		dt = 0
	}
	t.updated = at
	if grows > t.threshold+outlier {
		return // a leap of the delay is not the line's tremble
	}
	k := faster
	if grows < t.threshold {
		k = slower
	}
	t.threshold = min(max(t.threshold+k*(grows-t.threshold)*dt, thresholdMin), thresholdMax)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
