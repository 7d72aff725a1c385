package turn

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// Frames of RFC 8656: STUN, or channel data (section 12.4).
const (
	stunHeader    = 20
	channelHeader = 4
	// maxFrame holds the largest packet of media with what TURN puts around it.
	maxFrame = 1600
	// minFrame is the shortest that Pion takes from a stream before it has seen the
	// next. No media are as short.
	minFrame = 9
)

// flow is where a frame came from and on what it came.
type flow struct{ from, on netip.AddrPort }

// gate looks at every frame before Pion does. It answers what must be refused in
// words that Pion has not (a permission's port, a family, relaying over TCP), and
// keeps away what nobody with credentials would send.
type gate struct {
	// fixed
	credentials Credentials
	realm       string
	peers       func() []netip.AddrPort
	metrics     *metrics
	now         func() time.Time
	limiter     limiter

	mu        sync.RWMutex // guards allocated
	allocated map[flow]struct{}
}

func (g *gate) setAllocated(f flow, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if on {
		g.allocated[f] = struct{}{}
	} else {
		delete(g.allocated, f)
	}
}

func (g *gate) hasAllocated(f flow) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	_, ok := g.allocated[f]
	return ok
}

// check tells whether Pion may see a frame, and what to answer when not: nothing,
// more often than not.
func (g *gate) check(frame []byte, f flow) (pass bool, answer []byte) {
	switch {
	case len(frame) < minFrame:
		g.metrics.refuse(notTURN)
		return false, nil
	case frame[0]&0xC0 == 0x40: // channel data; RFC 5766 had more numbers than RFC 8656
		if !g.hasAllocated(f) {
			g.metrics.refuse(noAllocation)
			return false, nil
		}
		return true, nil
	case frame[0]&0xC0 != 0 || len(frame) < stunHeader || len(frame) > maxFrame:
		g.metrics.refuse(notTURN)
		return false, nil
	}
	m := &stun.Message{Raw: frame}
	if err := m.Decode(); err != nil {
		g.metrics.refuse(notTURN)
		return false, nil
	}
	switch m.Type.Class {
	case stun.ClassIndication:
		if !g.hasAllocated(f) {
			g.metrics.refuse(noAllocation)
			return false, nil
		}
		return true, nil
	case stun.ClassRequest:
		return g.request(m, f)
	}
	g.metrics.refuse(notTURN)
	return false, nil
}

func (g *gate) request(m *stun.Message, f flow) (pass bool, answer []byte) {
	key, id := g.authenticate(m)
	if key == nil {
		if !g.limiter.allow(sourceOf(f.from.Addr()), g.now()) {
			g.metrics.refuse(tooFast)
			return false, nil
		}
		if m.Contains(stun.AttrMessageIntegrity) {
			g.metrics.refuse(badCredentials)
		}
		return true, nil // Pion asks for credentials
	}
	refuse := func(why reason, code stun.ErrorCode) (bool, []byte) {
		g.metrics.refuse(why)
		reply, err := stun.Build(&stun.Message{TransactionID: m.TransactionID},
			stun.NewType(m.Type.Method, stun.ClassErrorResponse), &stun.ErrorCodeAttribute{Code: code}, key)
		if err != nil {
			return false, nil
		}
		return false, reply.Raw
	}
	switch m.Type.Method {
	case stun.MethodAllocate:
		if _, ok := g.valid(id); !ok {
			g.metrics.refuse(expired)
			return true, nil // Pion asks for others
		}
		return g.allocate(m, refuse)
	case stun.MethodRefresh:
		if _, ok := g.valid(id); !ok {
			g.metrics.refuse(expired)
			return true, nil
		}
	case stun.MethodCreatePermission, stun.MethodChannelBind:
		if !g.reaches(m) {
			return refuse(wrongPeer, stun.CodeForbidden)
		}
	case stun.MethodConnect, stun.MethodConnectionBind:
		return refuse(wrongTransport, stun.CodeForbidden)
	default:
		return true, nil
	}
	if !g.hasAllocated(f) {
		return refuse(noAllocation, stun.CodeAllocMismatch)
	}
	return true, nil
}

func (g *gate) allocate(m *stun.Message, refuse func(reason, stun.ErrorCode) (bool, []byte)) (pass bool, answer []byte) {
	const udp, v4, v6 = 17, 1, 2
	if v, err := m.Get(stun.AttrRequestedTransport); err == nil && len(v) > 0 && v[0] != udp {
		return refuse(wrongTransport, stun.CodeUnsupportedTransProto)
	}
	// An even port can be had, the next one with it cannot (RFC 8656 section 18.6).
	if v, err := m.Get(stun.AttrEvenPort); err == nil && (len(v) == 0 || v[0]&0x80 != 0) || m.Contains(stun.AttrReservationToken) {
		return refuse(portPair, stun.CodeInsufficientCapacity)
	}
	if v, err := m.Get(stun.AttrRequestedAddressFamily); err == nil && len(v) > 0 {
		four, six := g.families()
		if v[0] == v4 && !four || v[0] == v6 && !six {
			return refuse(wrongFamily, stun.CodeAddrFamilyNotSupported)
		}
	}
	return true, nil
}

// authenticate finds the key that a request is signed with; nil when it is not,
// or not by credentials that were ever given out.
func (g *gate) authenticate(m *stun.Message) (key stun.MessageIntegrity, username string) {
	user, err := m.Get(stun.AttrUsername)
	if err != nil || !m.Contains(stun.AttrMessageIntegrity) {
		return nil, ""
	}
	username = string(user)
	if _, _, ok := parseUsername(username); !ok {
		return nil, ""
	}
	key = stun.MessageIntegrity(g.key(username))
	if key.Check(m) != nil {
		return nil, ""
	}
	return key, username
}

func (g *gate) key(username string) []byte {
	return turn.GenerateAuthKey(username, g.realm, g.credentials.password(username))
}

// valid gives the id of a username that has not expired.
func (g *gate) valid(username string) (id string, ok bool) {
	id, expiry, ok := parseUsername(username)
	return id, ok && g.now().Before(expiry)
}

// credentialsOf is Pion's AuthHandler. Credentials that expire end an allocation
// when it is refreshed, and disturb it no earlier.
func (g *gate) credentialsOf(a *turn.RequestAttributes) (id string, key []byte, ok bool) {
	id, _, ok = parseUsername(a.Username)
	if !ok {
		return "", nil, false
	}
	if a.Method == stun.MethodAllocate || a.Method == stun.MethodRefresh {
		if _, ok := g.valid(a.Username); !ok {
			return "", nil, false
		}
	}
	return id, g.key(a.Username), true
}

// reaches tells whether all peers that a request names are our media port. The
// port of a permission means nothing in TURN; here it may be left out, and must
// be ours when it is told.
func (g *gate) reaches(m *stun.Message) bool {
	named := 0
	err := m.ForEach(stun.AttrXORPeerAddress, func(m *stun.Message) error {
		var peer stun.XORMappedAddress
		if err := peer.GetFromAs(m, stun.AttrXORPeerAddress); err != nil {
			return err
		}
		ip, ok := netip.AddrFromSlice(peer.IP)
		if !ok {
			return errPeer
		}
		named++
		for _, p := range g.peers() {
			if p.Addr() == ip.Unmap() && (int(p.Port()) == peer.Port || peer.Port == 0 && m.Type.Method == stun.MethodCreatePermission) {
				return nil
			}
		}
		return errPeer
	})
	return err == nil && named > 0
}

var errPeer = errors.New("turn: not a peer")

// permits is Pion's PermissionHandler, a second wall behind reaches.
func (g *gate) permits(_ net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	return ok && slices.ContainsFunc(g.peers(), func(p netip.AddrPort) bool { return p.Addr() == ip.Unmap() })
}

// families tells in which families we are reached.
func (g *gate) families() (four, six bool) {
	for _, p := range g.peers() {
		four, six = four || p.Addr().Is4(), six || p.Addr().Is6()
	}
	return four, six
}

// facing is the address of ours that Pion sees a client come in on. It decides
// the family of relayed addresses when the client does not: it must be one in
// which there is something to reach.
func (g *gate) facing(local net.Addr) net.Addr {
	four, six := g.families()
	at := addrPort(local)
	switch {
	case four == six, four && at.Addr().Is4() && !at.Addr().IsUnspecified(), six && at.Addr().Is6() && !at.Addr().IsUnspecified():
		return local
	case four:
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()))
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.IPv6Loopback(), at.Port()))
}
