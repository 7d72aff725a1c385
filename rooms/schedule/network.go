package schedule

import "time"

// PathProfile is how a browser's media gets through to us.
type PathProfile string

// The profiles, in the order in which a browser tries them.
const (
	PathNormal PathProfile = "normal" // ICE-lite, DTLS begun by the browser, UDP or TCP
	PathActive PathProfile = "active" // full ICE, DTLS begun by the server
	PathRelay  PathProfile = "relay"  // TURN alone
	PathAudio  PathProfile = "audio"  // no pictures
)

// LinkPath is the way that worked for the holder of a link, and when that was
// found out.
type LinkPath struct {
	Profile PathProfile `json:"profile"`
	At      time.Time   `json:"at"`
}

// PathOldAfter is when a path is tried from the beginning again: people change
// networks.
const PathOldAfter = 24 * time.Hour

// Begin is the profile with which a browser begins at the time now.
func (p LinkPath) Begin(now time.Time) PathProfile {
	if p.Profile == "" || now.Sub(p.At) >= PathOldAfter {
		return PathNormal
	}
	return p.Profile
}

// Lasting is what of a profile is worth remembering: whether pictures fit beside
// the voices is for the day to tell, and not a reason to begin without them.
func (p PathProfile) Lasting() PathProfile {
	if p == PathAudio {
		return PathRelay
	}
	return p
}

// NetworkTest is what a lobby found out about the network it sits in.
type NetworkTest struct {
	At       time.Time     `json:"at"`
	Socket   TestResult    `json:"socket"`
	UDP      TestResult    `json:"udp"` // ways of media, here and below
	TCP      TestResult    `json:"tcp"`
	TLS      TestResult    `json:"tls"`
	Path     PathProfile   `json:"path"`
	Route    string        `json:"route"` // what carried media: udp, tcp or relay; empty: nothing did
	RTT      time.Duration `json:"rtt"`
	Jitter   time.Duration `json:"jitter"`
	LossUp   float64       `json:"loss_up"` // 0 to 1
	LossDown float64       `json:"loss_down"`
	Up       int64         `json:"up"` // bits a second; 0: not known
	Down     int64         `json:"down"`
}

// What makes a network one to speak of.
const (
	NarrowLine = 300_000 // bits a second
	LossyLine  = 0.05
)

// reasons says what a coordinator should know of the network; blocked tells
// that media found no way at all.
func (n NetworkTest) reasons() (why []string, blocked bool) {
	if n.Route == "" {
		return []string{"network_blocked"}, true
	}
	narrow := func(bits int64) bool { return bits > 0 && bits < NarrowLine }
	for _, r := range []struct {
		is   bool
		name string
	}{
		{n.UDP == TestFailed, "network_udp_blocked"},
		{narrow(n.Up) || narrow(n.Down), "network_narrow"},
		{max(n.LossUp, n.LossDown) > LossyLine, "network_lossy"},
		{n.Path == PathAudio, "network_sound_only"},
	} {
		if r.is {
			why = append(why, r.name)
		}
	}
	return why, false
}
