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
)

// ErrClosed is returned by writes to a Conn that has ended.
var ErrClosed = errors.New("wire: closed")

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

// Handler takes what arrives on one Conn. RTP and RTCP are each called by one
// goroutine at a time with one decrypted, authenticated packet, which they may
// change and must not keep. Notify is called by any goroutine, in no order, and
// must return at once.
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

// Conn is one peer's transport: ICE-lite, DTLS passive, SRTP.
type Conn struct {
	// fixed after Accept
	net     *Net
	handler Handler
	pc      *webrtc.PeerConnection
	api     *webrtc.API
	writers []*Writer

	lastHeard atomic.Int64 // of the newest authenticated check, mono

	mu    sync.Mutex // guards ufrag
	ufrag []byte     // USERNAME of the generation that was nominated

	closing sync.Once
}

// Accept makes the transport that answers one offer.
func (n *Net) Accept(h Handler, offer string, slots []Slot) (_ *Conn, answer string, err error) {
	c := &Conn{net: n, handler: h}
	media, err := mediaEngine()
	if err != nil {
		return nil, "", err
	}
	settings, err := c.settings(offer, len(slots))
	if err != nil {
		return nil, "", err
	}
	// An empty registry: Pion's interceptors see only what its own readers read.
	c.api = webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	c.pc, err = c.api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{n.cert}})
	if err != nil {
		return nil, "", fmt.Errorf("wire: %w", err)
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	c.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { h.Notify(Changed) })
	if err = c.setOffer(offer); err != nil {
		return nil, "", err
	}
	if err = c.addSlots(slots); err != nil {
		return nil, "", err
	}
	answer, err = c.answer()
	if err != nil {
		return nil, "", err
	}
	for _, w := range c.writers {
		if w.stream == nil {
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

// Path tells how the nominated pair leads to the peer; false while there is none.
func (c *Conn) Path() (tcp bool, remote netip.AddrPort, ok bool) {
	pair, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return false, remote, false
	}
	addr, err := netip.ParseAddr(pair.Remote.Address)
	if err != nil {
		return false, remote, false
	}
	return pair.Local.Protocol == webrtc.ICEProtocolTCP, netip.AddrPortFrom(addr.Unmap(), pair.Remote.Port), true
}

// WriteRTCP encrypts and sends one compound packet. It fails until DTLS is up.
func (c *Conn) WriteRTCP(packets ...RTCP) error {
	if c.pc.ConnectionState() == webrtc.PeerConnectionStateClosed {
		return ErrClosed
	}
	return c.pc.WriteRTCP(packets)
}

// Close ends the transport and waits for its goroutines. The handler hears
// nothing after it, and must not call Close itself.
func (c *Conn) Close() {
	c.closing.Do(func() { _ = c.pc.GracefulClose() })
}

func (c *Conn) setOffer(offer string) error {
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
		w := &Writer{Mid: s.Mid, Kind: s.Kind, slot: s}
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
	return c.withCandidates(c.pc.LocalDescription().SDP), nil
}

// withCandidates puts the advertised addresses in the place of whatever Pion
// found on this machine. BUNDLE: the first section's are all that count.
func (c *Conn) withCandidates(sdp string) string {
	var out []string
	sections := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(sdp, "\r\n"), "\r\n") {
		if strings.HasPrefix(line, "a=candidate:") || line == "a=end-of-candidates" {
			continue
		}
		if strings.HasPrefix(line, "m=") {
			if sections++; sections == 2 {
				out = append(append(out, c.net.candidates...), "a=end-of-candidates")
			}
		}
		out = append(out, line)
	}
	if sections == 1 {
		out = append(append(out, c.net.candidates...), "a=end-of-candidates")
	}
	return strings.Join(out, "\r\n") + "\r\n"
}

func (c *Conn) settings(offer string, slots int) (webrtc.SettingEngine, error) {
	var s webrtc.SettingEngine
	s.LoggerFactory = loggers{c.net.log}
	s.SetLite(true)
	s.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	if c.net.udpMux != nil {
		s.SetICEUDPMux(c.net.udpMux)
	} else {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	}
	if c.net.tcpMux != nil {
		s.SetICETCPMux(c.net.tcpMux)
	}
	s.DisableActiveTCP(true)
	s.SetIncludeLoopbackCandidate(true) // the answer's candidates are ours anyway
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	s.SetICEBindingRequestHandler(c.onCheck)
	// Firefox nominates every pair it checks; without priorities the pair whose
	// check came last would win (pion/ice 739).
	s.SetICEUseCandidateCheckPriority(strings.Contains(offer, "o=mozilla"))
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return s, fmt.Errorf("wire: %w", err)
	}
	s.SetDTLSInsecureSkipHelloVerify(true)
	s.SetDTLSRetransmissionInterval(dtlsRetransmission)
	s.SetDTLSConnectContextMaker(func() (context.Context, func()) {
		return context.WithTimeout(context.Background(), iceFailed)
	})
	s.SetSRTPReplayProtectionWindow(replayWindow)
	s.SetSRTCPReplayProtectionWindow(replayWindow)
	s.SetReceiveMTU(receiveMTU)
	s.SetIgnoreRidPauseForRecv(true)
	// Senders made after the offer must see the ids it settled on: on a copy
	// they would stamp others, and media dies after seconds without an error.
	s.DisableMediaEngineCopy(true)
	s.BufferFactory = newIntake(c.handler, slots).open
	return s, nil
}

// onCheck takes the first authenticated check of an ICE generation as its
// nomination. Chromium sends USE-CANDIDATE to a lite peer only seconds later at
// real round trip times; when it comes it still switches the pair.
func (c *Conn) onCheck(m *stun.Message, _, _ ice.Candidate, _ *ice.CandidatePair) bool {
	c.lastHeard.Store(time.Now().UnixNano())
	user, err := m.Get(stun.AttrUsername)
	if err != nil {
		return false
	}
	c.mu.Lock()
	first := !bytes.Equal(user, c.ufrag)
	if first {
		c.ufrag = bytes.Clone(user)
	}
	c.mu.Unlock()
	if first {
		c.handler.Notify(Nominated)
	}
	return first
}
