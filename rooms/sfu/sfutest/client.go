// Package sfutest is a WebRTC client on Pion that behaves as a browser does
// towards our server: one offer in the section order of a profile, trickle
// ignored, simulcast with rids, RTX, PLI answered with a keyframe.
//
// A Client owns one PeerConnection, the goroutines that send its sources and
// those that read its slots; Close ends and awaits them all. Payloads carry
// who sent them (see Stamp), so that a test can prove whose packets arrive
// where, and the descriptors inside them are read with Pion's parsers, not
// with ours. Recorded media was rejected: it can neither name its sender nor
// count.
//
// It knows nothing of package sfu, so that sfu's own tests can import it.
package sfutest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"sangdam/rooms/sfu/sfutest/picture"
)

// The sources and sections of the two profiles (design: "One offer, ever").
const (
	Microphone  = "microphone"
	Camera      = "camera"
	Screen      = "screen"
	ScreenAudio = "screen_audio"

	roomPairs  = 8
	roomAudios = 2
	wallVideos = 32
	wallAudios = 2
)

// Options of a Client.
type Options struct {
	// ID is the sender's number in every payload.
	ID uint32
	// Wall makes the offer of a coordinator's wall instead of a room's.
	Wall bool
	// Probe makes the offer of one receive audio, for trying a way.
	Probe bool
	// TCP connects over ICE-TCP alone.
	TCP bool
	// Servers are TURN servers that it may go by, RelayOnly the only ways it takes.
	Servers   []webrtc.ICEServer
	RelayOnly bool
	// ClockOffset is how far the client's wall clock is ahead of ours, as its
	// sender reports tell it.
	ClockOffset time.Duration
	// Drift is by how much each of the client's clocks runs too fast.
	Drift Drift
	// Picture, of any Scale, is what the camera shows, for those who look with a
	// browser: frames that decode, and silence for sound, take the place of
	// Stamps. Receivers count them as foreign. With a Code every frame is a keyframe.
	Picture *picture.Picture
	// VideoPeriod is the time from one frame to the next; 0 means 50 ms.
	VideoPeriod time.Duration
	// Watch is told each payload that carries a Stamp, late ones and those that came by
	// RTX included, as it arrives. The readers of all slots call it, and wait for it.
	Watch func(s Stamp, at time.Time)
	// Setting changes Pion's settings before the PeerConnection is made.
	Setting func(*webrtc.SettingEngine)
}

// Drift is how many parts in a million clocks run too fast: the computer's, which
// sender reports and capture times go by, and those that sound and picture are taken by.
type Drift struct{ Wall, Sound, Picture float64 }

// Client is one browser.
type Client struct {
	// Fixed after New.
	opts    Options
	pc      *webrtc.PeerConnection
	start   time.Time // zero of all media clocks
	sources map[string]*source
	audio   []*Receiver // by slot; nil where the slot has no such half
	video   []*Receiver
	drop    *dropper

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex // guards closed: no goroutine starts after it is set
	closed bool
}

// New makes the client and its PeerConnection; nothing is sent yet.
func New(o Options) (*Client, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{
		opts:    o,
		start:   time.Now(),
		sources: make(map[string]*source),
		drop:    &dropper{},
		ctx:     ctx,
		cancel:  cancel,
	}
	api, err := c.api()
	if err != nil {
		cancel()
		return nil, err
	}
	ways := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle, ICEServers: o.Servers}
	if o.RelayOnly {
		ways.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if c.pc, err = api.NewPeerConnection(ways); err != nil {
		cancel()
		return nil, err
	}
	if err := c.addSections(); err != nil {
		c.Close()
		return nil, err
	}
	receivers := make(map[*webrtc.RTPReceiver]*Receiver)
	for _, half := range [][]*Receiver{c.audio, c.video} {
		for _, r := range half {
			if r != nil {
				receivers[r.rtp] = r
			}
		}
	}
	c.pc.OnTrack(func(t *webrtc.TrackRemote, rtp *webrtc.RTPReceiver) {
		if r := receivers[rtp]; r != nil {
			c.goUnlessClosed(func() { r.read(t) })
			c.goUnlessClosed(func() { r.readReports() })
		}
	})
	return c, nil
}

// addSections adds the transceivers in the profile's order.
func (c *Client) addSections() error {
	if c.opts.Probe {
		return c.addSlot(true, false)
	}
	if c.opts.Wall {
		if err := c.addSource(Microphone); err != nil {
			return err
		}
		for range wallVideos {
			if err := c.addSlot(false, true); err != nil {
				return err
			}
		}
		for range wallAudios {
			if err := c.addSlot(true, false); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range []string{Microphone, Camera, Screen, ScreenAudio} {
		if err := c.addSource(name); err != nil {
			return err
		}
	}
	for range roomPairs {
		if err := c.addSlot(true, true); err != nil {
			return err
		}
	}
	for range roomAudios {
		if err := c.addSlot(true, false); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) addSource(name string) error {
	s := newSource(c, name)
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	tr, err := c.pc.AddTransceiverFromTrack(s.encodings[0], init)
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	for _, e := range s.encodings[1:] {
		if err := tr.Sender().AddEncoding(e); err != nil {
			return fmt.Errorf("add %s %s: %w", name, e.rid, err)
		}
	}
	s.transceiver = tr
	for _, e := range s.encodings {
		c.wg.Add(1)
		go e.readFeedback(tr.Sender())
	}
	c.sources[name] = s
	return nil
}

func (c *Client) addSlot(audio, video bool) error {
	slot := len(c.audio)
	add := func(kind webrtc.RTPCodecType, wanted bool) (*Receiver, error) {
		if !wanted {
			return nil, nil
		}
		tr, err := c.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		if err != nil {
			return nil, fmt.Errorf("add slot %d %s: %w", slot, kind, err)
		}
		return newReceiver(c, tr.Receiver(), kind), nil
	}
	a, err := add(webrtc.RTPCodecTypeAudio, audio)
	if err != nil {
		return err
	}
	v, err := add(webrtc.RTPCodecTypeVideo, video)
	if err != nil {
		return err
	}
	c.audio, c.video = append(c.audio, a), append(c.video, v)
	return nil
}

// Offer returns the one offer, without candidates.
func (c *Client) Offer() (string, error) { return c.offer(nil) }

// Restart returns an offer that restarts ICE; its answer goes to Answer, too.
func (c *Client) Restart() (string, error) {
	return c.offer(&webrtc.OfferOptions{ICERestart: true})
}

func (c *Client) offer(o *webrtc.OfferOptions) (string, error) {
	d, err := c.pc.CreateOffer(o)
	if err != nil {
		return "", err
	}
	if err := c.pc.SetLocalDescription(d); err != nil {
		return "", err
	}
	return withoutCandidates(d.SDP), nil
}

// Answer applies the server's answer.
func (c *Client) Answer(answer string) error {
	return c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// Connected waits until media can flow.
func (c *Client) Connected(ctx context.Context) error {
	return c.Wait(ctx, "connected", func() bool { return c.State() == webrtc.PeerConnectionStateConnected })
}

// State is the PeerConnection's.
func (c *Client) State() webrtc.PeerConnectionState { return c.pc.ConnectionState() }

// PeerConnection is for what Client does not offer.
func (c *Client) PeerConnection() *webrtc.PeerConnection { return c.pc }

// ID is the sender's number in this client's payloads.
func (c *Client) ID() uint32 { return c.opts.ID }

// Send turns a source on or off, as replaceTrack does: no SDP. A source of
// video begins with a keyframe.
func (c *Client) Send(source string, on bool) {
	if s := c.sources[source]; s != nil {
		s.set(on)
	}
}

// Sends tells whether a source is sent.
func (c *Client) Sends(source string) bool {
	s := c.sources[source]
	return s != nil && s.sends()
}

// Sent tells what a source has sent so far, all layers together.
func (c *Client) Sent(source string) SendStats {
	var sum SendStats
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			sum.add(e.stats())
		}
	}
	return sum
}

// SentLayer is Sent for one rid; "" for a source without layers.
func (c *Client) SentLayer(source, rid string) SendStats {
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			if e.rid == rid {
				return e.stats()
			}
		}
	}
	return SendStats{}
}

// DropUp makes the network lose packets of a source: those for which drop says
// yes are counted and kept for RTX, not sent. nil ends it.
func (c *Client) DropUp(source string, drop func(rid string, seq uint16) bool) {
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			e.setDrop(drop)
		}
	}
}

// SetLevel tells with each packet of a source of sound how loud it is, −dBov (RFC
// 6464), as a browser does; at is the time since New. Below 0 nothing is sent:
// DTX. nil, the default: nothing is told.
func (c *Client) SetLevel(source string, level func(at time.Duration) int) {
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			e.setLevel(level)
		}
	}
}

// Deafen makes a source ignore requests for keyframes, as an encoder that hangs.
func (c *Client) Deafen(source string, deaf bool) {
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			e.setDeaf(deaf)
		}
	}
}

// SetLayers sends these layers of a source and no others, as browsers do when
// their encodings are made active and inactive.
func (c *Client) SetLayers(source string, rids ...string) {
	if s := c.sources[source]; s != nil {
		for _, e := range s.encodings {
			e.setAsleep(!slices.Contains(rids, e.rid))
		}
	}
}

// DropDown makes the network lose packets that come to us: those of video (not
// its RTX) for which drop says yes. nil ends it.
func (c *Client) DropDown(drop func(seq uint16) bool) { c.drop.set(drop) }

// Raw sends a packet of RTP as it is, whatever was agreed on.
func (c *Client) Raw(h *rtp.Header, payload []byte) error {
	c.drop.mu.Lock()
	raw := c.drop.raw
	c.drop.mu.Unlock()
	if raw == nil {
		return errors.New("sfutest: not connected")
	}
	_, err := raw.Write(h, payload, nil)
	return err
}

// RawReport sends bytes as a compound of RTCP.
func (c *Client) RawReport(b []byte) error {
	raw := rtcp.RawPacket(b)
	return c.pc.WriteRTCP([]rtcp.Packet{&raw})
}

// Audio is the receiving end of a slot's audio, nil where it has none.
func (c *Client) Audio(slot int) *Receiver { return at(c.audio, slot) }

// Video is the receiving end of a slot's video, nil where it has none.
func (c *Client) Video(slot int) *Receiver { return at(c.video, slot) }

// Slots is the number of slots in the profile.
func (c *Client) Slots() int { return len(c.audio) }

// AskKeyframe sends a PLI for a slot's video, as a decoder does.
func (c *Client) AskKeyframe(slot int) error {
	r := c.Video(slot)
	if r == nil {
		return errors.New("sfutest: no video in this slot")
	}
	t := r.rtp.Track()
	if t == nil || t.SSRC() == 0 {
		return errors.New("sfutest: slot not negotiated")
	}
	return c.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(t.SSRC())}})
}

// Wait polls until ok returns true. reason says in the error what was waited
// for.
func (c *Client) Wait(ctx context.Context, reason string, ok func() bool) error {
	return Wait(ctx, fmt.Sprintf("client %d: %s", c.opts.ID, reason), ok)
}

// Wait polls every 5 ms until ok returns true or ctx ends.
func Wait(ctx context.Context, reason string, ok func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", reason, ctx.Err())
		}
	}
	return nil
}

// Close ends all sending, closes the PeerConnection and waits for every
// goroutine. It may be called twice.
func (c *Client) Close() {
	c.mu.Lock()
	closed := c.closed
	c.closed = true
	c.mu.Unlock()
	if !closed {
		c.cancel()
		for _, s := range c.sources {
			s.set(false)
		}
		_ = c.pc.GracefulClose()
	}
	c.wg.Wait()
}

// goUnlessClosed runs fn in a goroutine that Close waits for.
func (c *Client) goUnlessClosed(fn func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		fn()
	}()
}

func at(rs []*Receiver, i int) *Receiver {
	if i < 0 || i >= len(rs) {
		return nil
	}
	return rs[i]
}

// withoutCandidates strips what an ICE-lite server does not need.
func withoutCandidates(offer string) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		if !strings.HasPrefix(line, "a=candidate:") && !strings.HasPrefix(line, "a=end-of-candidates") {
			b.WriteString(line)
		}
	}
	return b.String()
}
