package load

import (
	"sync"
	"time"

	"sangdam/rooms/sfu/lean"
)

// Studio makes the media of a crowd. Close must follow that of all of it.
type Studio struct{ pool *lean.Pool }

// NewStudio starts what all media are sent by.
func NewStudio() (*Studio, error) {
	p, err := lean.NewPool()
	if err != nil {
		return nil, err
	}
	return &Studio{p}, nil
}

// Close ends it.
func (s *Studio) Close() { s.pool.Close() }

// Media makes one person's.
func (s *Studio) Media(id Identity) (Media, error) {
	m := new(media)
	c, err := lean.New(s.pool, lean.Options{
		Number: id.Number, Rate: id.Rate, LossUp: id.LossUp, LossDown: id.LossDown, Seed: id.Seed, Heard: m.arrived,
	})
	if err != nil {
		return nil, err
	}
	m.Client = c
	return m, nil
}

// media counts what a lean.Client hears.
type media struct {
	*lean.Client

	mu             sync.Mutex // guards what follows
	sound, picture time.Time  // first since Await
	bytes          int64
	delay          Histogram
}

// arrived is called by the client's reader.
func (m *media) arrived(a lean.Arrival) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += int64(a.Size)
	if a.Delay >= 0 {
		m.delay.Add(a.Delay)
	}
	switch {
	case !a.Picture && m.sound.IsZero():
		m.sound = a.At
	case a.Keyframe && m.picture.IsZero():
		m.picture = a.At
	}
}

// Await forgets the first ones.
func (m *media) Await() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sound, m.picture = time.Time{}, time.Time{}
}

// First is when they came.
func (m *media) First() (sound, picture time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sound, m.picture
}

// AddTo adds the counts.
func (m *media) AddTo(t *Traffic) {
	s := m.Stats()
	m.mu.Lock()
	defer m.mu.Unlock()
	t.add(&Traffic{
		Sent: s.Sent, SentBytes: s.SentBytes, Received: s.Received, ReceivedBytes: m.bytes,
		Recovered: s.Repeated, Lost: s.Lost, Delay: m.delay,
	})
}
