package signaltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"sangdam/rooms/sfu/sfutest"
)

// DeviceOptions of a Device.
type DeviceOptions struct {
	URL, Token string
	// ID is in the payloads of an encoder.
	ID uint32
	// Audios and Videos are how many sections the offer has of each; an encoder
	// has one at most.
	Audios, Videos int
	// Alone leaves BUNDLE out of the offer.
	Alone bool
	// Mangle changes the offer on its way.
	Mangle func(string) string
}

// Device is an encoder (WHIP) or a wall screen (WHEP) as others build them: Pion
// with the codecs and extensions that it has by itself, and nothing of ours.
type Device struct {
	// Fixed after Publish or Watch.
	URL, ETag string // of the session
	Header    http.Header
	opts      DeviceOptions
	pc        *webrtc.PeerConnection

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex // guards what follows
	state    webrtc.PeerConnectionState
	keyframe bool // is asked for
	got      map[string]Heard
}

// Heard is what a screen received of one kind in one section.
type Heard struct {
	Packets int
	Senders []uint32 // in the order in which they began, none twice in a row
}

// Answered is a Device's request that was not answered by 201.
type Answered struct {
	Status int
	Header http.Header
	Body   string
}

func (a *Answered) Error() string { return fmt.Sprintf("status %d: %s", a.Status, a.Body) }

// Publish begins to send.
func Publish(ctx context.Context, o DeviceOptions) (*Device, error) {
	d := newDevice(o)
	err := d.begin(ctx, func() error {
		for kind, n := range map[webrtc.RTPCodecType]int{webrtc.RTPCodecTypeAudio: o.Audios, webrtc.RTPCodecTypeVideo: o.Videos} {
			for range n {
				if err := d.send(kind); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d, err
}

// Watch begins to receive.
func Watch(ctx context.Context, o DeviceOptions) (*Device, error) {
	d := newDevice(o)
	err := d.begin(ctx, func() error {
		recvonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		for range o.Audios {
			if _, err := d.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, recvonly); err != nil {
				return err
			}
		}
		for range o.Videos {
			if _, err := d.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, recvonly); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

func newDevice(o DeviceOptions) *Device {
	d := &Device{opts: o, keyframe: true, got: map[string]Heard{}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

func (d *Device) begin(ctx context.Context, sections func() error) (err error) {
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	m := &webrtc.MediaEngine{}
	if err = m.RegisterDefaultCodecs(); err != nil {
		return err
	}
	d.pc, err = webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	d.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.state = state
	})
	d.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		mid := ""
		for _, x := range d.pc.GetTransceivers() {
			if x.Receiver() == r {
				mid = x.Mid()
			}
		}
		d.running.Go(func() { d.receive(t, t.Kind().String()+mid) })
	})
	if err = sections(); err != nil {
		return err
	}
	offer, err := d.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(d.pc)
	if err = d.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	sdp := d.pc.LocalDescription().SDP
	if d.opts.Alone {
		sdp = without(sdp, "a=group:BUNDLE")
	}
	if d.opts.Mangle != nil {
		sdp = d.opts.Mangle(sdp)
	}
	answer, err := d.post(ctx, sdp)
	if err != nil {
		return err
	}
	return d.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

func without(sdp, line string) string {
	var b strings.Builder
	for l := range strings.Lines(sdp) {
		if !strings.HasPrefix(l, line) {
			b.WriteString(l)
		}
	}
	return b.String()
}

func (d *Device) post(ctx context.Context, offer string) (string, error) {
	status, header, body, err := d.Request(ctx, http.MethodPost, d.opts.URL, "application/sdp", "", offer)
	if err != nil {
		return "", err
	}
	if status != http.StatusCreated {
		return "", &Answered{status, header, body}
	}
	at, err := http.NewRequest(http.MethodPost, d.opts.URL, nil)
	if err != nil {
		return "", err
	}
	to, err := at.URL.Parse(header.Get("Location"))
	if err != nil {
		return "", err
	}
	d.URL, d.ETag, d.Header = to.String(), header.Get("ETag"), header
	return body, nil
}

// Request asks with the device's token.
func (d *Device) Request(ctx context.Context, method, url, typ, match, body string) (int, http.Header, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("Authorization", "Bearer "+d.opts.Token)
	if typ != "" {
		r.Header.Set("Content-Type", typ)
	}
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer w.Body.Close()
	b, err := io.ReadAll(w.Body)
	return w.StatusCode, w.Header, string(b), err
}

// Delete ends the session by HTTP.
func (d *Device) Delete(ctx context.Context) error {
	status, header, body, err := d.Request(ctx, http.MethodDelete, d.URL, "", "", "")
	if err == nil && status != http.StatusOK {
		err = &Answered{status, header, body}
	}
	return err
}

// Restart restarts ICE as RFC 9725 4.3.3 says: the server's word comes as a
// fragment, which is put in the place of what the former answer said.
func (d *Device) Restart(ctx context.Context) error {
	offer, err := d.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	if err != nil {
		return err
	}
	former := d.pc.RemoteDescription().SDP
	if err := d.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	var ask strings.Builder
	for l := range strings.Lines(offer.SDP) {
		if strings.HasPrefix(l, "a=ice-ufrag:") || strings.HasPrefix(l, "a=ice-pwd:") {
			ask.WriteString(l)
		}
	}
	status, header, told, err := d.Request(ctx, http.MethodPatch, d.URL, "application/trickle-ice-sdpfrag", "*", ask.String())
	if err != nil {
		return err
	}
	if status != http.StatusOK || header.Get("ETag") == d.ETag {
		return &Answered{status, header, told}
	}
	d.ETag = header.Get("ETag")
	news := map[string]string{}
	for l := range strings.Lines(told) {
		if key, value, ok := strings.Cut(l, ":"); ok {
			news[key] = value
		}
	}
	var answer strings.Builder
	for l := range strings.Lines(former) {
		key, _, _ := strings.Cut(l, ":")
		if value, ok := news[key]; ok && strings.HasPrefix(key, "a=ice-") {
			l = key + ":" + value
		}
		answer.WriteString(l)
	}
	return d.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.String()})
}

// State is that of its PeerConnection.
func (d *Device) State() webrtc.PeerConnectionState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

// Connected tells whether media can flow.
func (d *Device) Connected() bool { return d.State() == webrtc.PeerConnectionStateConnected }

// Ended tells whether the other end has said goodbye.
func (d *Device) Ended() bool { return d.State() == webrtc.PeerConnectionStateClosed }

// Heard is what came in each section, by kind and mid.
func (d *Device) Heard() map[string]Heard {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string]Heard{}
	for k, v := range d.got {
		v.Senders = append([]uint32(nil), v.Senders...)
		all[k] = v
	}
	return all
}

// From tells whether the newest packets of a kind in any section are a sender's.
func (d *Device) From(kind string, sender uint32) bool {
	for k, v := range d.Heard() {
		if strings.HasPrefix(k, kind) && len(v.Senders) > 0 && v.Senders[len(v.Senders)-1] == sender {
			return true
		}
	}
	return false
}

// Silence stops what an encoder sends and stays connected.
func (d *Device) Silence() { d.cancel() }

// Close ends the device without a word by HTTP.
func (d *Device) Close() {
	d.cancel()
	if d.pc != nil {
		_ = d.pc.GracefulClose()
	}
	d.running.Wait()
}

// send adds a section and feeds it once it is connected.
func (d *Device) send(kind webrtc.RTPCodecType) error {
	mime, period := webrtc.MimeTypeOpus, 20*time.Millisecond
	if kind == webrtc.RTPCodecTypeVideo {
		mime, period = webrtc.MimeTypeVP8, 50*time.Millisecond
	}
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, kind.String(), "encoder")
	if err != nil {
		return err
	}
	t, err := d.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	d.running.Go(func() { d.feedback(t.Sender()) })
	d.running.Go(func() { d.feed(track, kind, period) })
	return nil
}

func (d *Device) feedback(s *webrtc.RTPSender) {
	for {
		packets, _, err := s.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				d.mu.Lock()
				d.keyframe = true
				d.mu.Unlock()
			}
		}
	}
}

func (d *Device) feed(track *webrtc.TrackLocalStaticSample, kind webrtc.RTPCodecType, period time.Duration) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for n := uint32(0); ; n++ {
		select {
		case <-d.ctx.Done():
			return
		case <-tick.C:
		}
		if !d.Connected() {
			continue
		}
		data := sfutest.AudioSample(d.opts.ID, n)
		if kind == webrtc.RTPCodecTypeVideo {
			d.mu.Lock()
			key := d.keyframe
			d.keyframe = false
			d.mu.Unlock()
			data = sfutest.VideoSample(d.opts.ID, n, key)
		}
		if err := track.WriteSample(media.Sample{Data: data, Duration: period}); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			return
		}
	}
}

func (d *Device) receive(t *webrtc.TrackRemote, key string) {
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		stamp, ok := sfutest.ReadStamp(p.Payload)
		if !ok {
			continue
		}
		d.mu.Lock()
		h := d.got[key]
		h.Packets++
		if n := len(h.Senders); n == 0 || h.Senders[n-1] != stamp.Sender {
			h.Senders = append(h.Senders, stamp.Sender)
		}
		d.got[key] = h
		d.mu.Unlock()
	}
}
