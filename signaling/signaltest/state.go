package signaltest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"sangdam/signaling/protocol"
)

// State is what a client was told, applied by the rules R18 to R21.
type State struct {
	You          protocol.Person
	Seq          uint64
	InRoom       bool
	Consultation protocol.Consultation
	Clock        protocol.Clock
	Participants map[string]protocol.Participant // by id
	Chat         []protocol.ChatMessage
	Slots        []protocol.Slot
	Rows         map[string]protocol.Row // of the board, by consultation
	Helpers      []protocol.Helper       // in a room
	Auxiliaries  []protocol.Auxiliary    // in a room
	Orders       []protocol.Order        // that came, oldest first
	Layers       map[string][]string     // that are watched, by source; nothing told: all
	Speakers     []string                // participants

	// Of a console:
	Booths    map[string]protocol.BoothState
	Notes     []protocol.Note
	Staff     []protocol.StaffHere
	Storage   protocol.Storage
	Crosstalk []protocol.Crosstalk
	Wall      []protocol.WallSlot
	Reports   []protocol.Report // that came, oldest first

	// Deltas are all that came, in the order in which they came.
	Deltas []protocol.Delta
	// Disorder are breaches of R18: what came out of order or twice.
	Disorder []string
	// Snapshots counts full states: joined, board, or in a resume.
	Snapshots int
}

// State returns a copy.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.copyState()
}

// Wait waits until ok says yes to the state; reason says in the error what was
// waited for.
func (c *Client) Wait(ctx context.Context, reason string, ok func(State) bool) error {
	for {
		c.mu.Lock()
		s, changed := c.copyState(), c.changed
		c.mu.Unlock()
		if ok(s) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waiting for %s: %w; told so far: seq %d, in room %v, participants %v, slots %v",
				c.Bootstrap.You.Role, reason, ctx.Err(), s.Seq, s.InRoom, slices.Collect(maps.Values(s.Participants)), s.Slots)
		}
	}
}

// SlotOf is the slot that shows a participant's person; -1 when none does.
func (s State) SlotOf(participant string) int { return s.slot("person", participant) }

// StageOf is the slot that shows what a participant shares; -1 when none does.
func (s State) StageOf(participant string) int { return s.slot("stage", participant) }

func (s State) slot(kind, participant string) int {
	for _, sl := range s.Slots {
		if sl.Kind == kind && sl.Participant == participant {
			return sl.Slot
		}
	}
	return -1
}

// Came counts the deltas that tell of a participant's coming or change.
func (s State) Came(id string) int {
	return s.count(func(c protocol.Change) bool { return c.Participant != nil && c.Participant.ID == id })
}

// Went counts the deltas that tell of a participant's leaving.
func (s State) Went(id string) int {
	return s.count(func(c protocol.Change) bool { return c.Left != nil && c.Left.ID == id })
}

func (s State) count(is func(protocol.Change) bool) int {
	n := 0
	for _, d := range s.Deltas {
		for _, c := range d.Changes {
			if is(c) {
				n++
			}
		}
	}
	return n
}

// copyState is called with mu held.
func (c *Client) copyState() State {
	s := c.state
	s.Participants, s.Rows = maps.Clone(s.Participants), maps.Clone(s.Rows)
	s.Chat, s.Slots, s.Layers = slices.Clone(s.Chat), slices.Clone(s.Slots), maps.Clone(s.Layers)
	s.Booths, s.Notes, s.Orders, s.Reports = maps.Clone(s.Booths), slices.Clone(s.Notes), slices.Clone(s.Orders), slices.Clone(s.Reports)
	s.Deltas, s.Disorder = slices.Clone(s.Deltas), slices.Clone(s.Disorder)
	return s
}

// notify is called with mu held.
func (c *Client) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// heard applies one message. Only the reader of a socket calls it, and the
// former socket's reader has ended before the next one's begins.
func (c *Client) heard(_ *socket, m protocol.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.apply(m); err != nil {
		c.state.Disorder = append(c.state.Disorder, err.Error())
	}
	c.notify()
}

func (c *Client) apply(m protocol.Message) error {
	s := &c.state
	switch m.Type {
	case protocol.TypeJoined:
		var j protocol.Joined
		if err := json.Unmarshal(m.Body, &j); err != nil {
			return err
		}
		s.enter(j)
	case protocol.TypeBoard:
		var b protocol.Board
		if err := json.Unmarshal(m.Body, &b); err != nil {
			return err
		}
		s.board(b)
	case protocol.TypeWaiting:
		var w protocol.Waiting
		if err := json.Unmarshal(m.Body, &w); err != nil {
			return err
		}
		s.Seq, s.Consultation, s.Clock = w.Seq, w.Consultation, w.Clock
	case protocol.TypePractice:
		var p protocol.Practising
		if err := json.Unmarshal(m.Body, &p); err != nil {
			return err
		}
		s.Seq, s.Slots = p.Seq, p.Slots
	case protocol.TypeWall:
		var w protocol.Wall
		if err := json.Unmarshal(m.Body, &w); err != nil {
			return err
		}
		was := s.Seq
		s.Seq, s.Wall = w.Seq, w.Slots
		if w.Seq != was+1 {
			return fmt.Errorf("wall %d after %d", w.Seq, was)
		}
	case protocol.TypeResume:
		var r protocol.Resumed
		if err := json.Unmarshal(m.Body, &r); err != nil {
			return err
		}
		c.secret, c.servers = r.Secret, r.ICEServers
		switch {
		case r.State != nil:
			s.enter(*r.State)
		case r.Board != nil:
			s.board(*r.Board)
		case r.Seq != s.Seq:
			s.empty()
		}
		s.Seq = r.Seq
	case protocol.TypeLayers:
		var l protocol.Layers
		if err := json.Unmarshal(m.Body, &l); err != nil {
			return err
		}
		if s.Layers == nil {
			s.Layers = make(map[string][]string)
		}
		s.Layers[l.Source] = l.Layers
	case protocol.TypeSpeakers:
		var sp protocol.Speakers
		if err := json.Unmarshal(m.Body, &sp); err != nil {
			return err
		}
		s.Speakers = sp.Speakers
	case protocol.TypeDelta:
		var d protocol.Delta
		if err := json.Unmarshal(m.Body, &d); err != nil {
			return err
		}
		s.Deltas = append(s.Deltas, d)
		var disorder error
		if d.Seq != s.Seq+1 {
			disorder = fmt.Errorf("delta %d after %d", d.Seq, s.Seq)
		}
		s.Seq = d.Seq
		for _, ch := range d.Changes {
			s.change(ch, c.session)
			if ch.Order != nil {
				c.obey(*ch.Order)
			}
		}
		return disorder
	}
	return nil
}

func (s *State) enter(j protocol.Joined) {
	s.Snapshots++
	s.Seq, s.InRoom = j.Seq, true
	s.Consultation, s.Clock = j.Snapshot.Consultation, j.Snapshot.Clock
	s.Chat, s.Slots, s.Helpers, s.Auxiliaries = j.Snapshot.Chat, j.Slots, j.Snapshot.Helpers, j.Snapshot.Auxiliaries
	s.Participants = make(map[string]protocol.Participant)
	for _, p := range j.Snapshot.Participants {
		s.Participants[p.ID] = p
	}
}

func (s *State) board(b protocol.Board) {
	s.Snapshots++
	s.Seq = b.Seq
	s.Rows = make(map[string]protocol.Row)
	for _, r := range b.Rows {
		s.Rows[r.Consultation.ID] = r
	}
	s.Booths = make(map[string]protocol.BoothState)
	for _, o := range b.Booths {
		s.Booths[o.ID] = o
	}
	s.Notes, s.Staff, s.Storage, s.Crosstalk = b.Notes, b.Staff, b.Storage, b.Crosstalk
}

// empty is the lobby.
func (s *State) empty() {
	s.InRoom = false
	s.Participants, s.Chat, s.Slots, s.Helpers, s.Auxiliaries, s.Wall = nil, nil, nil, nil, nil, nil
}

func (s *State) change(c protocol.Change, own string) {
	switch {
	case c.Participant != nil:
		if s.Participants == nil {
			s.Participants = make(map[string]protocol.Participant)
		}
		s.Participants[c.Participant.ID] = *c.Participant
	case c.Left != nil:
		delete(s.Participants, c.Left.ID)
		if c.Left.ID == own {
			s.empty() // R21
		}
	case c.Clock != nil:
		s.Clock = *c.Clock
	case c.Chat != nil:
		s.Chat = append(s.Chat, *c.Chat)
	case c.Slots != nil:
		s.Slots = *c.Slots
	case c.Row != nil:
		if s.Rows == nil {
			s.Rows = make(map[string]protocol.Row)
		}
		s.Rows[c.Row.Consultation.ID] = *c.Row
	case c.Helpers != nil:
		s.Helpers = *c.Helpers
	case c.Auxiliaries != nil:
		s.Auxiliaries = *c.Auxiliaries
	case c.Order != nil:
		s.Orders = append(s.Orders, *c.Order)
	default:
		s.consoleChange(c)
	}
}
