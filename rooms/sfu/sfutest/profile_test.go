package sfutest_test

import (
	"context"
	"testing"
	"time"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
)

type deaf struct{}

func (deaf) PeerState(sfu.PeerID, sfu.State)         {}
func (deaf) SourceFlow(sfu.PeerID, sfu.Source, bool) {}
func (deaf) Paused(sfu.PeerID, []int)                {}
func (deaf) Holds(sfu.PeerID, []time.Duration)       {}
func (deaf) Wanted(sfu.PeerID, sfu.Source, []string) {}
func (deaf) Speaks(sfu.PeerID, bool)                 {}

// The client repeats the profiles' numbers, so that package sfu can import it:
// here they are held to each other.
func TestOffer_TheMediaPlaneTakesIt(t *testing.T) {
	engine, err := sfu.New(sfu.Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, tc := range []struct {
		profile sfu.Profile
		wall    bool
		slots   int
	}{
		{sfu.ProfileRoom, false, sfu.RoomPairs + sfu.RoomAudios},
		{sfu.ProfileWall, true, sfu.WallVideos + sfu.WallAudios},
	} {
		t.Run(string(tc.profile), func(t *testing.T) {
			c, err := sfutest.New(sfutest.Options{ID: 1, Wall: tc.wall})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.Slots() != tc.slots {
				t.Errorf("%d slots, want %d", c.Slots(), tc.slots)
			}
			offer, err := c.Offer()
			if err != nil {
				t.Fatal(err)
			}
			_, answer, err := engine.Open(ctx, sfu.Offer{Profile: tc.profile, SDP: offer}, deaf{})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Answer(answer); err != nil {
				t.Fatal(err)
			}
			if err := c.Connected(ctx); err != nil {
				t.Fatal(err)
			}
		})
	}
	for ours, theirs := range map[string]sfu.Source{
		sfutest.Microphone: sfu.Microphone, sfutest.Camera: sfu.Camera, sfutest.Screen: sfu.Screen, sfutest.ScreenAudio: sfu.ScreenAudio,
	} {
		if ours != string(theirs) {
			t.Errorf("source %q is %q there", ours, theirs)
		}
	}
}
