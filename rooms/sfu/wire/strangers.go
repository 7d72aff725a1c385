package wire

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Reason says why something was turned away that nobody here has to do with.
type Reason int

// The reasons. All but the last three are of packets and connections that come from
// outside.
const (
	UnknownUfrag Reason = iota // a check for a call that is not, or no more
	Malformed                  // STUN that cannot be read
	Garbage                    // not STUN, from an address that nobody has checked from
	Framing                    // a TCP connection whose first frame is none (RFC 4571)
	Silent                     // a TCP connection that did not say in time what it is
	Crowded                    // a TCP connection too many, or an address that a call comes from
	RelayTarget                // a relayed packet for another address than ours
	RelayFull                  // a relayed packet that found its queue full
	Backlog                    // STUN or DTLS off the socket that found its queue full
	reasons
)

func (r Reason) String() string {
	return [reasons]string{
		"unknown_ufrag", "malformed", "garbage", "framing", "silent", "crowded", "relay_target", "relay_full", "backlog",
	}[r]
}

const (
	// The checks of a browser whose call has just ended are strangers', too: some
	// hundreds a minute are an ordinary day.
	notable      = 2000
	notableEvery = time.Minute
)

// strangers counts what was turned away. It logs once a minute at most: whoever
// floods the port must not fill the disk as well.
type strangers struct {
	log    *slog.Logger
	counts [reasons]atomic.Uint64
	told   atomic.Int64 // when the log was last written, Unix ns
	then   atomic.Uint64
}

func (s *strangers) add(r Reason) {
	s.counts[r].Add(1)
	var sum uint64
	for i := range s.counts {
		sum += s.counts[i].Load()
	}
	if sum-s.then.Load() < notable {
		return
	}
	now, told := time.Now().UnixNano(), s.told.Load()
	if now-told < int64(notableEvery) || !s.told.CompareAndSwap(told, now) {
		return
	}
	s.log.Warn("wire: many strangers turned away", "newest", r.String(), "since last told", sum-s.then.Swap(sum))
}

// Strangers is how much of each kind has been turned away since Listen.
func (n *Net) Strangers() map[Reason]uint64 {
	m := make(map[Reason]uint64, reasons)
	for r := range reasons {
		m[r] = n.strangers.counts[r].Load()
	}
	return m
}

// maxSources is how many UDP addresses the checks of one ICE generation may come
// from: interfaces, and what NATs make of them in a day. Pion keeps a candidate
// for each as long as the generation lives, looks through all of them at every
// check, and an active one of ours sends checks there: anybody's address could be
// forged. Beyond it those that are known go on.
const maxSources = 128

// calls are the ufrags by which browsers may ask for somebody here.
type calls struct {
	mu     sync.Mutex                             // guards ufrags
	ufrags map[string]map[netip.AddrPort]struct{} // to where they were asked for from
}

// replace makes a new generation's ufrag known and the former one unknown; empty
// for none.
func (c *calls) replace(former, now string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ufrags == nil {
		c.ufrags = make(map[string]map[netip.AddrPort]struct{})
	}
	delete(c.ufrags, former)
	if now != "" {
		c.ufrags[now] = make(map[netip.AddrPort]struct{})
	}
}

// admit tells whether a check may ask for a ufrag. Addresses count that are valid.
func (c *calls) admit(ufrag []byte, from netip.AddrPort) (_ Reason, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sources, known := c.ufrags[string(ufrag)]
	switch _, came := sources[from]; {
	case !known:
		return UnknownUfrag, false
	case came || !from.IsValid():
		return 0, true
	case len(sources) >= maxSources:
		return Crowded, false
	}
	sources[from] = struct{}{}
	return 0, true
}

// Of STUN (RFC 8489 sections 5 and 14).
const (
	stunHeader     = 20
	stunCookie     = 0x2112A442
	bindingRequest = 0x0001
	bindingSuccess = 0x0101
	attrUsername   = 0x0006
	attrNominates  = 0x0025 // USE-CANDIDATE (RFC 8445 section 16.1)
)

// isSTUN tells STUN from DTLS and SRTP by the first byte (RFC 7983 section 7).
func isSTUN(b []byte) bool { return len(b) > 0 && b[0] < 4 }

// ufragOf finds whom a check asks for: what stands before the colon of its
// USERNAME (RFC 8445 section 7.2.2).
func ufragOf(b []byte) ([]byte, bool) {
	user, ok := attribute(b, attrUsername)
	if !ok {
		return nil, false
	}
	ufrag, _, ok := bytes.Cut(user, []byte{':'})
	return ufrag, ok && len(ufrag) > 0
}

// attribute finds the first of its type in a STUN message; false when there is
// none or the message is not well formed up to there.
func attribute(b []byte, typ uint16) ([]byte, bool) {
	if len(b) < stunHeader || binary.BigEndian.Uint32(b[4:]) != stunCookie ||
		int(binary.BigEndian.Uint16(b[2:])) != len(b)-stunHeader {
		return nil, false
	}
	for b = b[stunHeader:]; len(b) >= 4; {
		t, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		padded := (size + 3) &^ 3
		if len(b) < 4+padded {
			return nil, false
		}
		if t == typ {
			return b[4 : 4+size], true
		}
		b = b[4+padded:]
	}
	return nil, false
}

// stray tells why a packet from outside is nobody's; ok for all others. Only
// checks are looked into: they alone come from addresses not known before.
func (n *Net) stray(b []byte, from netip.AddrPort) (_ Reason, ok bool) {
	switch {
	case !isSTUN(b):
		return 0, true
	case len(b) < stunHeader:
		return Malformed, false
	case binary.BigEndian.Uint16(b) != bindingRequest:
		return 0, true
	}
	ufrag, ok := ufragOf(b)
	if !ok {
		return Malformed, false
	}
	return n.calls.admit(ufrag, from)
}
