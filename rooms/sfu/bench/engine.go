//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"sangdam/rooms/sfu"
)

// runEngine is the process of an Engine and nothing else.
func runEngine(in io.Reader, out io.Writer) error {
	e, err := sfu.New(sfu.Config{UDP: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	return serve(in, out, func(r request) (reply, error) {
		switch r.Do {
		case "open":
			id, answer, err := e.Open(context.Background(), sfu.Offer{Profile: sfu.ProfileRoom, SDP: r.Offer}, nobody{})
			if err != nil {
				return reply{}, err
			}
			e.Allow(id, sfu.Microphone, true)
			e.Allow(id, sfu.Camera, true)
			return reply{ID: string(id), Answer: answer}, nil
		case "bind":
			var bs []sfu.Binding
			for slot, who := range r.Feeds {
				bs = append(bs, sfu.Binding{
					Slot:  slot,
					Audio: sfu.Feed{Peer: sfu.PeerID(who), Source: sfu.Microphone},
					Video: sfu.Feed{Peer: sfu.PeerID(who), Source: sfu.Camera},
				})
			}
			e.Bind(sfu.PeerID(r.ID), bs...)
			return reply{}, nil
		case "close":
			e.ClosePeer(sfu.PeerID(r.ID))
			return reply{}, nil
		}
		return reply{}, fmt.Errorf("cannot %q", r.Do)
	})
}

// nobody listens to the news.
type nobody struct{}

func (nobody) PeerState(sfu.PeerID, sfu.State)         {}
func (nobody) SourceFlow(sfu.PeerID, sfu.Source, bool) {}
func (nobody) Paused(sfu.PeerID, []int)                {}
func (nobody) Holds(sfu.PeerID, []time.Duration)       {}
func (nobody) Wanted(sfu.PeerID, sfu.Source, []string) {}
func (nobody) Speaks(sfu.PeerID, bool)                 {}
