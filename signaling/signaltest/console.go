package signaltest

import (
	"context"
	"errors"
	"fmt"

	"sangdam/rooms/sfu"
	"sangdam/rooms/sfu/sfutest"
	"sangdam/signaling/protocol"
)

// Show puts rooms on the wall, one of them large.
func (c *Client) Show(ctx context.Context, large string, rooms ...string) error {
	if rooms == nil {
		rooms = []string{}
	}
	if err := c.Ask(ctx, protocol.TypeWall, protocol.ShowRooms{Rooms: rooms, Large: large}, nil); err != nil {
		return fmt.Errorf("wall: %w", err)
	}
	return nil
}

// Listen hears a room.
func (c *Client) Listen(ctx context.Context, consultation string) error {
	return c.help(ctx, protocol.Help{Consultation: consultation, Mode: "listen"}, false)
}

// Speak speaks to a room, or to the seats of one role alone, and sends the
// microphone.
func (c *Client) Speak(ctx context.Context, consultation, to string) error {
	return c.help(ctx, protocol.Help{Consultation: consultation, Mode: "speak", To: to}, true)
}

// Quiet ends either.
func (c *Client) Quiet(ctx context.Context) error {
	return c.help(ctx, protocol.Help{Mode: "quiet"}, false)
}

func (c *Client) help(ctx context.Context, h protocol.Help, send bool) error {
	if err := c.Ask(ctx, protocol.TypeHelp, h, nil); err != nil {
		return fmt.Errorf("help %s: %w", h.Mode, err)
	}
	if m := c.Media(); m != nil {
		m.Send(sfutest.Microphone, send)
	}
	return nil
}

// Steer does something to one person.
func (c *Client) Steer(ctx context.Context, s protocol.Steer) error {
	if err := c.Ask(ctx, protocol.TypeSteer, s, nil); err != nil {
		return fmt.Errorf("steer %s: %w", s.Action, err)
	}
	return nil
}

// Rebuild gives the session a new PeerConnection, or its first: a console that
// came without one.
func (c *Client) Rebuild(ctx context.Context) error {
	if err := c.RebuildBy(ctx, c.Path(), false); err != nil {
		return err
	}
	return c.Connected(ctx)
}

// obey answers an order away from the socket's reader; mu is held.
func (c *Client) obey(o protocol.Order) {
	if c.opts.Obey == nil || c.closed {
		return
	}
	c.obeying.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), endWait)
		defer cancel()
		err := c.Ask(ctx, protocol.TypeReport, c.opts.Obey(o), nil)
		if err != nil && c.Ended() == nil && !errors.Is(err, context.DeadlineExceeded) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.state.Disorder = append(c.state.Disorder, fmt.Sprintf("report of %s: %v", o.Kind, err))
		}
	})
}

// Shown is the slot of the wall that shows a seat; -1 when none does.
func (s State) Shown(seat string) int {
	for _, w := range s.Wall {
		if w.Seat == seat && w.Slot < sfu.WallVideos {
			return w.Slot
		}
	}
	return -1
}

// ReportOf is what came back of a steer.
func (s State) ReportOf(key string) (protocol.Report, bool) {
	for _, r := range s.Reports {
		if r.Key == key {
			return r, true
		}
	}
	return protocol.Report{}, false
}

func (s *State) consoleChange(c protocol.Change) {
	switch {
	case c.Booth != nil:
		if s.Booths == nil {
			s.Booths = make(map[string]protocol.BoothState)
		}
		s.Booths[c.Booth.ID] = *c.Booth
	case c.Note != nil:
		s.Notes = append(s.Notes, *c.Note)
	case c.Vitals != nil:
		if r, ok := s.Rows[c.Vitals.Consultation]; ok {
			r.Vitals = c.Vitals.Vitals
			s.Rows[c.Vitals.Consultation] = r
		}
	case c.Staff != nil:
		s.Staff = *c.Staff
	case c.Storage != nil:
		s.Storage = *c.Storage
	case c.Crosstalk != nil:
		s.Crosstalk = *c.Crosstalk
	case c.Wall != nil:
		s.Wall = *c.Wall
	case c.Report != nil:
		s.Reports = append(s.Reports, *c.Report)
	}
}
