package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/pionlog"
)

// ErrClosed is returned by writes to a Conn that has ended.
var ErrClosed = errors.New("wire: closed")

var errCandidates = errors.New("wire: an offer with candidates")

// Kind is what a section carries.
type Kind string

// The kinds of m-sections there are.
const (
	Audio Kind = "audio"
	Video Kind = "video"
)

// Slot is one m-section that the server sends on.
type Slot struct {
	Mid    string
	Kind   Kind
	Stream string // first token of its msid: browsers sync what shares it
	Track  string // second token
}

// Event is news of a Conn's transport.
type Event int

const (
	// Changed: State has another value.
	Changed Event = iota
	// Nominated: the first authenticated check of an ICE generation has come
	// and packets can leave again. DTLS may not be up yet.
	Nominated
	// Overrun: the peer uses more SSRCs than any browser.
	Overrun
	// Panicked: the Handler has panicked on a packet, and hears no further ones.
	Panicked
)

// State is what ICE and DTLS together have come to.
type State int

// The states of a Conn. Closed is also the browser's own goodbye (a DTLS
// close_notify).
const (
	New State = iota
	Connected
	Failed
	Closed
)

// Handler takes what arrives on one Conn. RTP and RTCP are called by one goroutine
// at a time with one decrypted, authenticated packet, which they may change and must
// not keep. It is one that reads for many Conns: they must not wait for anything.
// Notify is called by any goroutine, in no order, and must return at once.
type Handler interface {
	RTP(packet []byte)
	RTCP(packet []byte)
	Notify(Event)
}

const (
	// Losing a flight of the handshake costs this; Pion's default is 1 s.
	dtlsRetransmission = 300 * time.Millisecond
	// Firefox probes with packets well behind the newest.
	replayWindow = 2048
	// Pion's own timers only decide when it forgets the peer; who is away is
	// seen earlier, from what arrives. A restart revives a failed Conn.
	iceDisconnected = 10 * time.Second
	iceFailed       = 30 * time.Second
	iceKeepalive    = 2 * time.Second
	receiveMTU      = 1500
)

// Path is how packets travel between a peer and us.
type Path int

// The paths there are. Relayed is over UDP as far as ICE knows, through a relayed
// address of ours.
const (
	NoPath Path = iota
	UDP
	TCP
	Relayed
)

// Asked is what a peer wants to be answered, and how.
type Asked struct {
	Offer string
	Slots []Slot
	// Active: a full ICE agent that checks and begins DTLS, instead of ICE-lite
	// that only answers. It still checks nothing but where checks came from.
	Active bool
	// Only is the one kind of candidates that the answer names, UDP or TCP; NoPath:
	// all of them.
	Only Path
}

// Conn is one peer's transport: ICE, DTLS, SRTP.
type Conn struct {
	// fixed after Accept
	net     *Net
	handler Handler
	asked   Asked
	pc      *webrtc.PeerConnection
	api     *webrtc.API
	writers []*Writer

	keys keys
	in   incoming
	out  outgoing

	lastHeard atomic.Int64 // when the newest authenticated check came, Unix ns
	heard     atomic.Int64 // when the newest authenticated RTP came, Unix ns

	selected atomic.Pointer[way] // by ICE; nil before the first
	way      atomic.Pointer[way] // that packets leave by; another one after a move
	found    atomic.Pointer[way] // by media, since ICE has selected; nil: it has not moved
	home     atomic.Int64        // when the selected address spoke last since then, Unix ns

	streams atomic.Pointer[[]*stream] // the TCP mux's ends; changed with mu held

	mu    sync.Mutex // guards all below
	ufrag []byte     // USERNAME of the generation that was nominated
	local string     // the ufrag that it is checked by
	ended bool

	closing sync.Once
}

// Accept makes the transport that answers one offer.
func (n *Net) Accept(h Handler, asked Asked) (_ *Conn, answer string, err error) {
	c := &Conn{net: n, handler: h, asked: asked}
	c.streams.Store(new([]*stream))
	media, err := mediaEngine()
	if err != nil {
		return nil, "", err
	}
	settings, err := c.settings()
	if err != nil {
		return nil, "", err
	}
	// An empty registry: Pion's interceptors see only what its own readers read.
	c.api = webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	c.pc, err = c.api.NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{n.cert},
		// Header extensions stay readable (no RFC 9335): browsers do not hide them.
		RTPHeaderEncryptionPolicy: webrtc.RTPHeaderEncryptionPolicyDisable,
	})
	if err != nil {
		return nil, "", fmt.Errorf("wire: %w", err)
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	c.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		c.release()
		h.Notify(Changed)
	})
	transport := c.pc.SCTP().Transport()
	transport.ICETransport().OnSelectedCandidatePairChange(c.onSelected)
	// It is told before anybody can learn that the Conn is connected.
	transport.OnStateChange(func(s webrtc.DTLSTransportState) {
		if s == webrtc.DTLSTransportStateConnected {
			c.secure()
		}
	})
	if err = c.setOffer(asked.Offer); err != nil {
		return nil, "", err
	}
	if err = c.addSlots(asked.Slots); err != nil {
		return nil, "", err
	}
	answer, err = c.answer()
	if err != nil {
		return nil, "", err
	}
	for _, w := range c.writers {
		if !w.bound {
			return nil, "", fmt.Errorf("wire: section %q was not bound", w.Mid)
		}
	}
	return c, answer, nil
}

// Restart answers an offer with new ICE credentials on the same transport.
func (c *Conn) Restart(offer string) (answer string, err error) {
	if err := c.setOffer(offer); err != nil {
		return "", err
	}
	return c.answer()
}

// Writers are the slots of Accept, in the same order.
func (c *Conn) Writers() []*Writer { return c.writers }

// LastCheck is when the newest authenticated ICE check came; zero before it.
func (c *Conn) LastCheck() time.Time {
	if ns := c.lastHeard.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// State tells what the transport has come to now.
func (c *Conn) State() State {
	switch c.pc.ConnectionState() {
	case webrtc.PeerConnectionStateConnected, webrtc.PeerConnectionStateDisconnected:
		return Connected // who is away is decided by what arrives
	case webrtc.PeerConnectionStateFailed:
		return Failed
	case webrtc.PeerConnectionStateClosed:
		return Closed
	default:
		return New
	}
}

// Path tells how the nominated pair leads to the peer. During an ICE restart it is
// the former one's, until there is another.
func (c *Conn) Path() Path {
	if s := c.selected.Load(); s != nil {
		return s.path
	}
	return NoPath
}

// Close ends the transport and waits for its goroutines. The handler hears
// nothing after it, and must not call Close itself.
func (c *Conn) Close() {
	c.closing.Do(func() {
		_ = c.pc.GracefulClose()
		c.mu.Lock()
		c.ended = true
		former := c.local
		c.mu.Unlock()
		c.in.Lock()
		c.in.ended, c.in.held = true, nil
		c.in.Unlock()
		c.way.Store(nil)
		c.net.calls.replace(former, "")
		c.net.peers.forget(c)
		if c.net.relays != nil {
			c.net.relays.calls.forget(c)
		}
	})
}

// setOffer takes no candidates: a full agent would check whatever they point at.
// Packets go only to where authenticated checks came from. (Pion's filter of
// remote addresses holds for these, too, and cannot tell them from an offer's.)
func (c *Conn) setOffer(offer string) error {
	if strings.Contains(offer, "a=candidate") || strings.Contains(offer, "a=remote-candidates") {
		return errCandidates
	}
	err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer})
	if err != nil {
		return fmt.Errorf("wire: offer: %w", err)
	}
	return nil
}

func (c *Conn) addSlots(slots []Slot) error {
	transceivers := make(map[string]*webrtc.RTPTransceiver)
	for _, t := range c.pc.GetTransceivers() {
		transceivers[t.Mid()] = t
	}
	for _, s := range slots {
		t, ok := transceivers[s.Mid]
		if !ok || t.Kind().String() != string(s.Kind) {
			return fmt.Errorf("wire: no %s section %q to send on", s.Kind, s.Mid)
		}
		w := &Writer{Mid: s.Mid, Kind: s.Kind, conn: c, slot: s}
		sender, err := c.api.NewRTPSender(track{w}, c.pc.SCTP().Transport())
		if err != nil {
			return fmt.Errorf("wire: slot: %w", err)
		}
		if err := t.SetSender(sender, track{w}); err != nil {
			return fmt.Errorf("wire: slot: %w", err)
		}
		c.writers = append(c.writers, w)
	}
	return nil
}

func (c *Conn) answer() (string, error) {
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("wire: answer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("wire: answer: %w", err)
	}
	<-gathered // the muxes' own addresses: nothing goes out
	sdp := c.pc.LocalDescription().SDP
	c.expect(sdp)
	return c.withCandidates(sdp), nil
}

// expect makes the ufrag of the answer known before anybody has the answer.
func (c *Conn) expect(sdp string) {
	_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
	ufrag, _, _ := strings.Cut(rest, "\r\n")
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.net.calls.replace(c.local, ufrag)
		c.local = ufrag
	}
}

// withCandidates puts the advertised addresses in the place of whatever Pion
// found on this machine. BUNDLE: the first section's are all that count.
func (c *Conn) withCandidates(sdp string) string {
	var out, lines []string
	for _, l := range c.net.candidates {
		if c.asked.Only == NoPath || c.asked.Only == l.path {
			lines = append(lines, l.line)
		}
	}
	lines = append(lines, "a=end-of-candidates")
	sections := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(sdp, "\r\n"), "\r\n") {
		if strings.HasPrefix(line, "a=candidate:") || line == "a=end-of-candidates" {
			continue
		}
		if strings.HasPrefix(line, "m=") {
			if sections++; sections == 2 {
				out = append(out, lines...)
			}
		}
		out = append(out, line)
	}
	if sections == 1 {
		out = append(out, lines...)
	}
	return strings.Join(out, "\r\n") + "\r\n"
}

func (c *Conn) settings() (webrtc.SettingEngine, error) {
	var s webrtc.SettingEngine
	s.LoggerFactory = pionlog.Factory{Log: c.net.log}
	s.SetLite(!c.asked.Active)
	s.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	if c.net.udpMux != nil {
		s.SetICEUDPMux(c.net.udpMux)
	} else {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	}
	if c.net.tcpMux != nil {
		s.SetICETCPMux(streamMux{c.net.tcpMux, c})
	}
	s.SetNet(enclosed{})
	s.DisableActiveTCP(true)
	s.SetIncludeLoopbackCandidate(true) // the answer's candidates are ours anyway
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	s.SetICEBindingRequestHandler(c.onCheck)
	// Firefox nominates every pair it checks; without priorities the pair whose
	// check came last would win (pion/ice 739).
	s.SetICEUseCandidateCheckPriority(c.nominatesAll())
	role := webrtc.DTLSRoleServer
	if c.asked.Active {
		role = webrtc.DTLSRoleClient
	}
	if err := s.SetAnsweringDTLSRole(role); err != nil {
		return s, fmt.Errorf("wire: %w", err)
	}
	s.SetDTLSInsecureSkipHelloVerify(true)
	s.SetDTLSRetransmissionInterval(dtlsRetransmission)
	s.SetDTLSConnectContextMaker(func() (context.Context, func()) {
		return context.WithTimeout(context.Background(), iceFailed)
	})
	s.SetSRTPProtectionProfiles(protectionProfiles()...)
	s.SetDTLSServerHelloMessageHook(c.keys.onServerHello)
	s.SetDTLSKeyLogWriter(&c.keys)
	s.SetReceiveMTU(receiveMTU)
	s.SetIgnoreRidPauseForRecv(true)
	// Senders made after the offer must see the ids it settled on: on a copy
	// they would stamp others, and media dies after seconds without an error.
	s.DisableMediaEngineCopy(true)
	return s, nil
}

// nominatesAll tells Firefox, which nominates every pair that it checks.
func (c *Conn) nominatesAll() bool { return strings.Contains(c.asked.Offer, "o=mozilla") }

// onCheck takes the first authenticated check of an ICE generation as its
// nomination. Chromium sends USE-CANDIDATE to a lite peer only seconds later at
// real round trip times; when it comes it still switches the pair. A full agent
// waits for its own checks to be answered: Pion nominates there.
func (c *Conn) onCheck(m *stun.Message, local, remote ice.Candidate, _ *ice.CandidatePair) bool {
	c.lastHeard.Store(time.Now().UnixNano())
	if local != nil && remote != nil {
		c.checkedFrom(local, remote)
	}
	user, err := m.Get(stun.AttrUsername)
	if err != nil {
		return false
	}
	nominates := m.Contains(stun.AttrUseCandidate)
	c.mu.Lock()
	first := !bytes.Equal(user, c.ufrag) && (nominates || !c.asked.Active)
	if first {
		c.ufrag = bytes.Clone(user)
	}
	c.mu.Unlock()
	if first {
		c.handler.Notify(Nominated)
	}
	if c.asked.Active {
		return false
	}
	// A relayed check may be the first to come. Firefox's preference for the direct
	// way is not in the priorities it sends.
	return first || nominates && c.nominatesAll() && local.Port() != relayPort && c.Path() == Relayed
}

// checkedFrom makes the address of an authenticated check the peer's.
func (c *Conn) checkedFrom(local, remote ice.Candidate) {
	addr, err := netip.ParseAddr(remote.Address())
	if err != nil || local.NetworkType().IsTCP() {
		return // each stream knows whose it is
	}
	from := netip.AddrPortFrom(addr.Unmap(), uint16(remote.Port()))
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ended:
	case local.Port() == relayPort:
		c.net.relays.calls.add(from, c)
	default:
		c.net.peers.add(from, c)
		c.speaksFrom(from, time.Now())
	}
}
