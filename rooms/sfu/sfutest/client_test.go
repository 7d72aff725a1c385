package sfutest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOffer_SectionsFollowTheProfile(t *testing.T) {
	for _, tc := range []struct {
		name string
		wall bool
		want []string
	}{
		{"room", false, append(append([]string{
			"audio sendonly", "video sendonly simulcast", "video sendonly", "audio sendonly",
		}, repeat(8, "audio recvonly", "video recvonly")...), repeat(2, "audio recvonly")...)},
		{"wall", true, append(append([]string{"audio sendonly"}, repeat(32, "video recvonly")...), repeat(2, "audio recvonly")...)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClient(t, Options{ID: 1, Wall: tc.wall})
			offer, err := c.Offer()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(offer, "a=candidate") {
				t.Error("the offer has candidates")
			}
			var d sdp.SessionDescription
			if err := d.UnmarshalString(offer); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range d.MediaDescriptions {
				s := m.MediaName.Media
				for _, direction := range []string{"sendonly", "recvonly", "sendrecv", "inactive"} {
					if _, ok := m.Attribute(direction); ok {
						s += " " + direction
					}
				}
				if v, ok := m.Attribute("simulcast"); ok {
					if v != "send q;h;f" {
						t.Errorf("simulcast %q", v)
					}
					s += " simulcast"
				}
				got = append(got, s)
			}
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("sections:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}

func TestClient_SendsAndCountsOverARelay(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	c := newClient(t, Options{ID: 77})
	r := newRelay(t)
	offer, err := c.Offer()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Answer(r.answer(t, offer)); err != nil {
		t.Fatal(err)
	}
	if err := c.Connected(ctx); err != nil {
		t.Fatal(err)
	}
	c.Send(Microphone, true)
	c.Send(Camera, true)
	wait := func(reason string, ok func() bool) {
		t.Helper()
		if err := c.Wait(ctx, reason, ok); err != nil {
			t.Fatalf("%v\nvideo %+v\naudio %+v\nsent %+v", err, c.Video(0).Received(), c.Audio(0).Received(), c.Sent(Camera))
		}
	}
	wait("three layers at the relay", func() bool { return r.layers() == 3 })
	wait("own picture and voice in slot 0", func() bool {
		return c.Video(0).Received().Packets > 20 && c.Audio(0).Received().Packets > 20
	})
	v, a := c.Video(0).Received(), c.Audio(0).Received()
	if v.Last.Sender != 77 || v.Last.SourceName() != Camera || a.Last.Sender != 77 || a.Last.SourceName() != Microphone {
		t.Errorf("video from %+v, audio from %+v", v.Last, a.Last)
	}
	if v.Keyframes == 0 {
		t.Error("no keyframe came")
	}
	if wrong := v.Wrong(); len(wrong) > 0 {
		t.Errorf("video: %v", wrong)
	}
	if wrong := a.Wrong(); len(wrong) > 0 {
		t.Errorf("audio: %v", wrong)
	}

	t.Run("PLI brings a keyframe", func(t *testing.T) {
		before := c.SentLayer(Camera, "h").Keyframes
		r.pli("h")
		wait("keyframe of layer h", func() bool { return c.SentLayer(Camera, "h").Keyframes > before })
	})
	t.Run("NACK brings RTX", func(t *testing.T) {
		lost := r.lose(c, "q")
		wait("resent packet of layer q", func() bool { return c.SentLayer(Camera, "q").Resent > 0 && r.has("q", lost()) })
	})
	t.Run("ICE restart keeps media", func(t *testing.T) {
		offer, err := c.Restart()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Answer(r.answer(t, offer)); err != nil {
			t.Fatal(err)
		}
		before := c.Audio(0).Received().Packets
		wait("audio after the restart", func() bool { return c.Audio(0).Received().Packets > before+20 })
	})
	t.Run("off stops", func(t *testing.T) {
		c.Send(Microphone, false)
		time.Sleep(60 * time.Millisecond)
		before := c.Sent(Microphone).Packets
		time.Sleep(100 * time.Millisecond)
		if after := c.Sent(Microphone).Packets; after != before {
			t.Errorf("%d packets after off", after-before)
		}
	})
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func repeat(n int, s ...string) []string {
	var out []string
	for range n {
		out = append(out, s...)
	}
	return out
}

// relay is Pion's side of an answer: it plays layer q and the microphone back
// into slot 0.
type relay struct {
	pc *webrtc.PeerConnection
	wg sync.WaitGroup

	mu      sync.Mutex
	ssrc    map[string]uint32 // by rid
	lastSeq map[string]uint16
	seen    map[string]map[uint16]bool
	video   *webrtc.TrackLocalStaticRTP
	audio   *webrtc.TrackLocalStaticRTP
	bound   bool
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	if err := webrtc.ConfigureSimulcastExtensionHeaders(m); err != nil {
		t.Fatal(err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{pc: pc, ssrc: map[string]uint32{}, lastSeq: map[string]uint16{}, seen: map[string]map[uint16]bool{}}
	r.video, _ = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "v", "slot0")
	r.audio, _ = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "a", "slot0")
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		r.mu.Lock()
		r.ssrc[track.RID()] = uint32(track.SSRC())
		r.seen[track.RID()] = map[uint16]bool{}
		r.mu.Unlock()
		r.wg.Add(1)
		go r.read(track)
	})
	t.Cleanup(func() {
		_ = pc.GracefulClose()
		r.wg.Wait()
	})
	return r
}

func (r *relay) read(track *webrtc.TrackRemote) {
	defer r.wg.Done()
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		r.mu.Lock()
		repeated := r.seen[track.RID()][p.SequenceNumber]
		r.seen[track.RID()][p.SequenceNumber] = true
		r.lastSeq[track.RID()] = p.SequenceNumber
		r.mu.Unlock()
		p.Extension, p.Extensions = false, nil
		switch {
		case repeated:
		case track.Kind() == webrtc.RTPCodecTypeAudio:
			_ = r.audio.WriteRTP(p)
		case track.RID() == "q":
			_ = r.video.WriteRTP(p)
		}
	}
}

func (r *relay) answer(t *testing.T, offer string) string {
	t.Helper()
	if err := r.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	if !r.bound {
		r.bound = true
		for _, track := range []webrtc.TrackLocal{r.audio, r.video} {
			if _, err := r.pc.AddTrack(track); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := r.pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	done := webrtc.GatheringCompletePromise(r.pc)
	if err := r.pc.SetLocalDescription(d); err != nil {
		t.Fatal(err)
	}
	<-done
	return r.pc.LocalDescription().SDP
}

func (r *relay) layers() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for rid := range r.ssrc {
		if rid != "" {
			n++
		}
	}
	return n
}

func (r *relay) pli(rid string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: r.ssrc[rid]}})
}

func (r *relay) has(rid string, seq uint16) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[rid][seq]
}

// lose drops one packet of a layer on its way and NACKs it.
func (r *relay) lose(c *Client, rid string) (lost func() uint16) {
	var mu sync.Mutex
	var seq uint16
	done := make(chan struct{})
	c.DropUp(Camera, func(got string, n uint16) bool {
		mu.Lock()
		defer mu.Unlock()
		if got != rid || seq != 0 || n == 0 {
			return false
		}
		seq = n
		close(done)
		return true
	})
	<-done
	lost = func() uint16 {
		mu.Lock()
		defer mu.Unlock()
		return seq
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.pc.WriteRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
		MediaSSRC: r.ssrc[rid], Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{lost()}),
	}})
	return lost
}
