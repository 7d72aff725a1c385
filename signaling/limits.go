package signaling

import (
	"time"

	"golang.org/x/time/rate"

	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// allowance is how often something may be done.
type allowance struct {
	every time.Duration // one more
	burst int           // at once
}

// allowances are the limits of a session by type of message (PROTOCOL.md,
// "Limits"; a test compares).
func allowances() map[string]allowance {
	return map[string]allowance{
		protocol.TypeResume:  {500 * time.Millisecond, 20}, // a network that flaps costs two sockets a time
		protocol.TypeRestart: {2 * time.Second, 5},
		protocol.TypeJoin:    {time.Second, 10},
		protocol.TypeLeave:   {time.Second, 10},
		protocol.TypeSource:  {200 * time.Millisecond, 20},
		protocol.TypeChat:    {time.Second, 5},
		protocol.TypeWatch:   {time.Second, 5},
		protocol.TypePing:    {500 * time.Millisecond, 10},
		protocol.TypeBye:     {time.Second, 10},

		protocol.TypeWait:     {time.Second, 10},
		protocol.TypeNote:     {2 * time.Second, 5},
		protocol.TypeCall:     {10 * time.Second, 3},
		protocol.TypeHealth:   {4 * time.Second, 3},
		protocol.TypeSeen:     {time.Second, 10},
		protocol.TypePractice: {2 * time.Second, 5},

		protocol.TypeWall:   {250 * time.Millisecond, 20},
		protocol.TypeHelp:   {500 * time.Millisecond, 10},
		protocol.TypeSteer:  {500 * time.Millisecond, 20},
		protocol.TypeVitals: {4 * time.Second, 3},
		protocol.TypeReport: {2 * time.Second, 5},

		protocol.TypeProbe: {2 * time.Second, 10},
		protocol.TypeTiles: {500 * time.Millisecond, 10},
	}
}

const (
	linkEvery, linkBurst     = 20 * time.Millisecond, 200 // messages of a link, all its sessions together
	helloEvery, helloBurst   = 2 * time.Second, 20        // hellos of a link
	socketEvery, socketBurst = 50 * time.Millisecond, 300 // sockets of an address; a hall is one, and so are restarts by REST
	reportEvery, reportBurst = 2 * time.Second, 20        // readings of an event's record: each is derived anew
	callEvery, callBurst     = 50 * time.Millisecond, 600 // REST requests of a link; a sheet for everybody asks hundreds of times
	sessionsOfLink           = 12                         // that live at once
	sessionsInAll            = 4096
)

// budget holds what is left of a session's allowances. It belongs to the
// session's loop.
type budget map[string]*rate.Limiter

func newBudget() budget {
	b := budget{}
	for typ, a := range allowances() {
		b[typ] = rate.NewLimiter(rate.Every(a.every), a.burst)
	}
	return b
}

// take spends one message of a type, or tells how long to wait.
func (b budget) take(typ string, now time.Time) (wait time.Duration, ok bool) {
	l := b[typ]
	if l == nil || l.AllowN(now, 1) {
		return 0, true
	}
	return time.Duration((1 - l.TokensAt(now)) / float64(l.Limit()) * float64(time.Second)), false
}

// shared are the limits that sessions have together.
type shared struct {
	links    *auth.Limiter
	hellos   *auth.Limiter
	sockets  *auth.Limiter
	restarts *auth.Limiter // by REST, of an address
	reports  *auth.Limiter
	calls    *auth.Limiter
}

func newShared() shared {
	return shared{
		links:    auth.NewLimiter(linkEvery, linkBurst),
		hellos:   auth.NewLimiter(helloEvery, helloBurst),
		sockets:  auth.NewLimiter(socketEvery, socketBurst),
		restarts: auth.NewLimiter(socketEvery, socketBurst),
		reports:  auth.NewLimiter(reportEvery, reportBurst),
		calls:    auth.NewLimiter(callEvery, callBurst),
	}
}

func limited(wait time.Duration) *protocol.Fault {
	return &protocol.Fault{Code: protocol.CodeRateLimited, RetryAfter: max(wait, time.Millisecond)}
}
