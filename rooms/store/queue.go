package store

import (
	"sync"

	"sangdam/rooms/schedule"
)

// memoryMost is how many entries wait in memory for a disk that cannot be
// written: some 20 MB, and hours of a big day. Storage tells of it from the
// first one on. When it is full, Append waits: a record with holes is worth
// less than a room that stands still.
const memoryMost = 1 << 16

// recorded is an entry on its way to the disk.
type recorded struct {
	entry  schedule.Entry
	erases []string // ids of entries whose words it takes away
}

// queue is where entries wait between Append and the goroutine that writes
// them to disk. Its bound and what happens there is memoryMost's.
type queue struct {
	most int // fixed

	mu      sync.Mutex
	waiting []recorded
	closed  bool
	news    chan struct{} // one token: something waits, or it is closed
	room    sync.Cond     // on mu: something was taken, or it is closed
}

func newQueue(most int) *queue {
	q := &queue{most: most, news: make(chan struct{}, 1)}
	q.room.L = &q.mu
	return q
}

// put adds an entry; false when the queue is closed.
func (q *queue) put(r recorded) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) >= q.most && !q.closed {
		q.room.Wait()
	}
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.tell()
	return true
}

// take waits for entries and returns at most so many of them; none when the queue is
// closed and empty.
func (q *queue) take(most int) []recorded {
	for {
		q.mu.Lock()
		if n := min(most, len(q.waiting)); n > 0 {
			batch := append([]recorded(nil), q.waiting[:n]...)
			clear(q.waiting[:n]) // its words must not outlive it here
			q.waiting = q.waiting[n:]
			if len(q.waiting) > 0 {
				q.tell()
			} else {
				q.waiting = nil
			}
			q.room.Broadcast()
			q.mu.Unlock()
			return batch
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil
		}
		<-q.news
	}
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.tell()
	q.room.Broadcast()
}

// tell leaves a token; mu is held.
func (q *queue) tell() {
	select {
	case q.news <- struct{}{}:
	default:
	}
}
