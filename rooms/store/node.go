package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

const (
	nodeTTL   = 15 * time.Second // without a sign of life for so long, a node is dead
	nodeEvery = schedule.HeartbeatEvery

	// staleAfter is when a presence of this very node is a leftover: its
	// person departed while Redis was away. The room wrote the ledger's entry
	// itself, so the leftover is only removed.
	staleAfter = time.Minute

	// overAfter the End of its last consultation an event's ledger is not told
	// of new starts any more.
	overAfter = 24 * time.Hour
)

// StartNode counts this start of the node, ends what its earlier incarnation
// left behind, and keeps the node alive and the dead ones reaped until Close.
// What is in the spool goes to Redis first, so that the record of an earlier
// incarnation stands in its order.
func (s *Store) StartNode(ctx context.Context) (incarnation int64, err error) {
	if s.incarnation.Load() != 0 {
		return 0, errors.New("start node: started already")
	}
	if s.ledger != nil {
		if err := s.Flush(ctx); err != nil {
			return 0, fmt.Errorf("start node: %w", err)
		}
	}
	inc, err := s.scripts.nodeStart.Run(ctx, s.rdb, []string{keyIncarnation(s.node), keyAlive(s.node)}, nodeTTL.Milliseconds()).Int64()
	if err != nil {
		return 0, fmt.Errorf("start node: %w", err)
	}
	s.incarnation.Store(inc)
	if err := s.Reap(ctx); err != nil {
		s.log.Warn("reap at start failed, the keeper tries again", "err", err)
	}
	if s.ledger != nil {
		if err := s.recordStart(ctx, inc); err != nil {
			return 0, fmt.Errorf("start node: %w", err)
		}
	}
	s.running.Go(s.keep)
	return inc, nil
}

// recordStart tells the ledgers of events that are not over of this start. A
// record that may be signed already is left alone.
func (s *Store) recordStart(ctx context.Context, inc int64) error {
	events, err := s.Events(ctx)
	if err != nil {
		return err
	}
	for _, id := range events {
		e, err := s.Event(ctx, id)
		if isOurs(err) { // one broken timetable stops no other event
			s.log.Error("a timetable cannot be read", "event", id, "err", err)
			continue
		}
		if err != nil {
			return err
		}
		for _, c := range e.Consultations {
			if time.Since(c.End) < overAfter {
				s.Append(schedule.Entry{Event: id, Kind: schedule.EntryNodeStarted, Detail: strconv.FormatInt(inc, 10)})
				break
			}
		}
	}
	return nil
}

// keep is the keeper: it beats and reaps until Close.
func (s *Store) keep() {
	t := time.NewTicker(nodeEvery)
	defer t.Stop()
	superseded := false
	for {
		select {
		case <-s.stopped.Done():
			return
		case <-t.C:
		}
		ctx, cancel := context.WithTimeout(s.stopped, nodeEvery)
		err := s.beat(ctx)
		if errors.Is(err, ErrSuperseded) && !superseded {
			superseded = true
			s.log.Error("this node was started a second time under the same name", "node", s.node)
		}
		if err == nil {
			err = s.Reap(ctx)
		}
		if err == nil {
			err = s.signDue(ctx, time.Now())
		}
		if err != nil && !isAway(err) && s.stopped.Err() == nil && !errors.Is(err, ErrSuperseded) {
			s.log.Error("keeper failed", "node", s.node, "err", err)
		}
		cancel()
	}
}

func (s *Store) beat(ctx context.Context) error {
	n, err := s.scripts.nodeBeat.Run(ctx, s.rdb, []string{keyIncarnation(s.node), keyAlive(s.node)}, s.incarnation.Load(), nodeTTL.Milliseconds()).Int()
	if err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	if n == 0 {
		return ErrSuperseded
	}
	return nil
}

// Reap ends the presences of dead nodes, and of nodes that were started anew,
// at their last heartbeat. Any number of reapers may run at once.
//
// For a while after Redis was away nobody else's presences are reaped: signs
// of life may have expired only because nobody could renew them.
func (s *Store) Reap(ctx context.Context) error {
	events, err := s.Events(ctx)
	if err != nil {
		return fmt.Errorf("reap: %w", err)
	}
	steady := s.health.steadyFor(nodeTTL)
	for _, e := range events {
		raw, err := s.rdb.HGetAll(ctx, keyPresence(e)).Result()
		if err != nil {
			return fmt.Errorf("reap %s: %w", e, err)
		}
		if len(raw) == 0 {
			continue
		}
		presences := make(map[string]schedule.Presence, len(raw))
		nodes := make(map[string]bool)
		for field, v := range raw {
			var p schedule.Presence
			if err := json.Unmarshal([]byte(v), &p); err != nil {
				// It says of nobody when they were last seen, and must not keep the
				// others from being ended. Who is there writes it anew.
				s.log.Error("a presence cannot be read and is removed", "event", e, "presence", field, "err", err)
				if err := s.rdb.HDel(ctx, keyPresence(e), field).Err(); err != nil {
					return fmt.Errorf("reap %s: %w", e, err)
				}
				continue
			}
			presences[field] = p
			nodes[p.Node] = true
		}
		alive, err := s.aliveNodes(ctx, nodes)
		if err != nil {
			return fmt.Errorf("reap %s: %w", e, err)
		}
		for field, p := range presences {
			inc, lives := alive[p.Node]
			if p.Node == s.node && p.Incarnation == s.incarnation.Load() && steady && time.Since(p.LastSeen) > staleAfter {
				if err := s.rdb.HDel(ctx, keyPresence(e), field).Err(); err != nil {
					return fmt.Errorf("reap %s: %w", e, err)
				}
				continue
			}
			if lives && inc <= p.Incarnation || !lives && !steady || p.Node == s.node && p.Incarnation >= s.incarnation.Load() {
				continue
			}
			if err := s.reapOne(ctx, e, field, raw[field], p); err != nil {
				return fmt.Errorf("reap %s: %w", e, err)
			}
		}
	}
	return nil
}

// aliveNodes tells which incarnation of each node lives; a dead one is missing.
func (s *Store) aliveNodes(ctx context.Context, nodes map[string]bool) (map[string]int64, error) {
	cmds := make(map[string]*redis.StringCmd, len(nodes))
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for n := range nodes {
			cmds[n] = p.Get(ctx, keyAlive(n))
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("signs of life: %w", err)
	}
	alive := make(map[string]int64, len(nodes))
	for n, cmd := range cmds {
		inc, err := cmd.Int64()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("sign of life of %s: %w", n, err)
		}
		alive[n] = inc
	}
	return alive, nil
}

// reapSpace makes a reaped entry's ID from what it says, so that all reapers
// give it the same one.
func reapSpace() uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("sangdam ledger "+string(schedule.LeftNodeDied)))
}

func (s *Store) reapOne(ctx context.Context, e schedule.EventID, field, seen string, p schedule.Presence) error {
	entry := schedule.Entry{
		ID:           uuid.NewSHA1(reapSpace(), []byte(string(e)+" "+field+" "+p.LastSeen.UTC().Format(time.RFC3339Nano))).String(),
		At:           p.LastSeen,
		Event:        e,
		Kind:         schedule.EntrySeatLeft,
		Consultation: p.Consultation,
		Seat:         p.Seat,
		Session:      p.Session,
		Node:         p.Node,
		Detail:       string(schedule.LeftNodeDied),
	}
	head := attendance.Genesis
	for {
		sealed := attendance.Seal(head, entry)
		b, err := json.Marshal(sealed)
		if err != nil {
			return fmt.Errorf("encode entry: %w", err)
		}
		res, err := s.scripts.reap.Run(ctx, s.rdb, []string{keyPresence(e), keyLedger(e), keyChain(e)}, field, seen, head, sealed.Hash, b).Slice()
		if err != nil {
			return fmt.Errorf("end presence: %w", err)
		}
		done, _ := res[0].(int64)
		switch done {
		case 1:
			s.log.Info("presence of a dead node ended", "event", e, "seat", p.Seat, "session", p.Session, "node", p.Node, "at", p.LastSeen)
			return nil
		case -1: // alive again, or another reaper was here
			return nil
		}
		head, _ = res[1].(string)
	}
}
