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

// NetworkTest is what a lobby found out about the network it sits in.
type NetworkTest struct {
	At               time.Time
	Socket           TestResult
	UDP, TCP, TLS    TestResult // ways of media
	Path             PathProfile
	Route            string // what carried media: udp, tcp or relay; empty: nothing did
	RTT, Jitter      time.Duration
	LossUp, LossDown float64 // 0 to 1
	Up, Down         int64   // bits a second; 0: not known
}
