package rooms

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sangdam/rooms/schedule"
)

const (
	mirrorQueue    = 4096 // jobs that wait; beyond it the oldest is dropped
	mirrorPauseMin = 250 * time.Millisecond
	mirrorPauseMax = 5 * time.Second
)

// mirror writes to the Store what memory knows, on one goroutine, so that a
// Store that is slow or away never holds up a room.
//
// Policy: a job with the key of a waiting one replaces it (the newest state
// wins); a job that failed goes to the end of the queue and is tried again
// after a growing pause; when the queue is full the oldest job is dropped.
// Heartbeats are not queued: each beat writes all presences as they are then.
type mirror struct {
	// fixed after newMirror
	store   Store
	wall    Clock
	log     *slog.Logger
	metrics *Metrics
	wake    chan struct{}
	cancel  context.CancelFunc
	done    chan struct{}

	// owned by run, and by close after it
	away bool // the last call failed; logged once

	mu      sync.Mutex // guards what follows; never held during a call
	order   []string
	jobs    map[string]mirrorJob
	present map[string]*heartbeat // by session
	leases  map[roomKey]func(held string)
}

type mirrorJob func(ctx context.Context) error

type heartbeat struct {
	schedule.Presence
	frozen bool // away: LastSeen stays what it is
}

func newMirror(store Store, wall Clock, log *slog.Logger, metrics *Metrics) *mirror {
	ctx, cancel := context.WithCancel(context.Background())
	m := &mirror{
		store: store, wall: wall, log: log, metrics: metrics, cancel: cancel,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		jobs: map[string]mirrorJob{}, present: map[string]*heartbeat{}, leases: map[roomKey]func(string){},
	}
	go m.run(ctx)
	return m
}

// close stops the goroutine and writes what still waits, until ctx ends or the
// Store fails.
func (m *mirror) close(ctx context.Context) {
	m.cancel()
	<-m.done
	for m.step(ctx) {
	}
}

func (m *mirror) run(ctx context.Context) {
	defer close(m.done)
	beat := time.NewTicker(schedule.HeartbeatEvery)
	defer beat.Stop()
	retry := time.NewTimer(0)
	defer retry.Stop()
	pause := mirrorPauseMin
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			m.beat(ctx)
			continue
		case <-retry.C:
		case <-m.wake:
			if m.away { // the retry timer is set; new work must not hurry it
				continue
			}
		}
		for m.step(ctx) {
		}
		if m.away {
			retry.Reset(pause)
			pause = min(2*pause, mirrorPauseMax)
		} else {
			pause = mirrorPauseMin
		}
	}
}

// step runs the oldest job; false when there is none or it failed.
func (m *mirror) step(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	m.mu.Lock()
	if len(m.order) == 0 {
		m.mu.Unlock()
		m.healed()
		return false
	}
	key := m.order[0]
	job := m.jobs[key]
	m.order = m.order[1:]
	delete(m.jobs, key)
	m.mu.Unlock()

	if err := m.call(ctx, job); err != nil {
		m.mu.Lock()
		if _, newer := m.jobs[key]; !newer {
			m.enqueue(key, job)
		}
		m.mu.Unlock()
		return false
	}
	return true
}

func (m *mirror) call(ctx context.Context, job mirrorJob) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := job(ctx)
	if err == nil {
		m.healed()
		return nil
	}
	m.metrics.mirrorFailures.Inc()
	if !m.away && !errors.Is(err, context.Canceled) {
		m.log.Warn("the store does not answer; rooms go on from memory", "err", err)
	}
	m.away = true
	return err
}

func (m *mirror) healed() {
	if m.away {
		m.log.Info("the store answers again")
	}
	m.away = false
}

// beat refreshes all presences and queues the renewal of all leases.
func (m *mirror) beat(ctx context.Context) {
	now := stamp(m.wall)
	m.mu.Lock()
	ps := make([]schedule.Presence, 0, len(m.present))
	for _, p := range m.present {
		if !p.frozen {
			p.LastSeen = now
		}
		ps = append(ps, p.Presence)
	}
	for key, lost := range m.leases {
		m.enqueue("lease "+key.String(), m.renewal(key, lost))
	}
	m.mu.Unlock()
	m.nudge()
	if len(ps) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := m.store.Heartbeat(ctx, ps); err != nil {
		m.metrics.mirrorFailures.Inc()
		m.log.Debug("a heartbeat was not written", "err", err)
	}
}

func (m *mirror) renewal(key roomKey, lost func(held string)) mirrorJob {
	return func(ctx context.Context) error {
		m.mu.Lock()
		_, still := m.leases[key]
		m.mu.Unlock()
		if !still {
			return nil
		}
		held, ok, err := m.store.Lease(ctx, key.event, key.consultation, leaseFor)
		if err == nil && !ok {
			lost(held)
		}
		return err
	}
}

// put queues a job; see mirror for the policy.
func (m *mirror) put(key string, job mirrorJob) {
	m.mu.Lock()
	m.enqueue(key, job)
	m.mu.Unlock()
	m.nudge()
}

// enqueue wants mu held.
func (m *mirror) enqueue(key string, job mirrorJob) {
	if _, waiting := m.jobs[key]; !waiting {
		if len(m.order) >= mirrorQueue {
			delete(m.jobs, m.order[0])
			m.order = m.order[1:]
			m.metrics.mirrorDropped.Inc()
		}
		m.order = append(m.order, key)
	}
	m.jobs[key] = job
	m.metrics.mirrorWaiting.Set(float64(len(m.order)))
}

func (m *mirror) nudge() {
	select {
	case m.wake <- struct{}{}:
	default: // one is pending, which will see this job too
	}
}

// arrive begins a presence.
func (m *mirror) arrive(p schedule.Presence) {
	m.mu.Lock()
	m.present[p.Session] = &heartbeat{Presence: p}
	m.mu.Unlock()
	m.refresh(p.Session)
}

// refresh writes one presence, as it is when its turn comes: the job may have
// waited while the store was away, and must not take back what a heartbeat has
// written since.
func (m *mirror) refresh(session string) {
	m.put("presence "+session, func(ctx context.Context) error {
		m.mu.Lock()
		p := m.present[session]
		if p == nil {
			m.mu.Unlock()
			return nil
		}
		now := p.Presence
		m.mu.Unlock()
		return m.store.Heartbeat(ctx, []schedule.Presence{now})
	})
}

// freeze keeps a presence as it was last seen, while its person is away.
func (m *mirror) freeze(session string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.present[session]; p != nil {
		p.frozen, p.LastSeen = true, at
	}
}

// thaw goes on with a frozen presence, at once: should this node die before the
// next beat, the person was here again.
func (m *mirror) thaw(session string) {
	m.mu.Lock()
	p := m.present[session]
	if p != nil {
		p.frozen, p.LastSeen = false, stamp(m.wall)
	}
	m.mu.Unlock()
	if p != nil {
		m.refresh(session)
	}
}

// depart ends a presence.
func (m *mirror) depart(e schedule.EventID, seat schedule.SeatID, session string) {
	m.mu.Lock()
	delete(m.present, session)
	m.mu.Unlock()
	m.put("presence "+session, func(ctx context.Context) error {
		return m.store.Depart(ctx, e, seat, session)
	})
}

// keep renews a lease from now on, and calls lost, on the mirror's goroutine,
// when another node turns out to hold it.
func (m *mirror) keep(key roomKey, lost func(held string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leases[key] = lost
}

// release gives a lease back.
func (m *mirror) release(key roomKey) {
	m.mu.Lock()
	delete(m.leases, key)
	m.mu.Unlock()
	m.put("lease "+key.String(), func(ctx context.Context) error {
		return m.store.Unlease(ctx, key.event, key.consultation)
	})
}

func (m *mirror) saveState(s schedule.RoomState) {
	m.put("state "+string(s.Event)+"/"+string(s.Consultation), func(ctx context.Context) error {
		return m.store.SaveRoomState(ctx, s)
	})
}

func (m *mirror) saveChat(key roomKey, c schedule.ChatMessage) {
	m.put("chat "+c.ID, func(ctx context.Context) error {
		return m.store.AppendChat(ctx, key.event, key.consultation, c)
	})
}

func (m *mirror) saveNote(e schedule.EventID, n schedule.Note) {
	m.put("note "+n.ID, func(ctx context.Context) error {
		return m.store.SaveNote(ctx, e, n)
	})
}
