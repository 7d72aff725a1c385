package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"sangdam/rooms/attendance"
	"sangdam/rooms/schedule"
)

const (
	diskBatch  = 256 // entries an fsync
	redisBatch = 128 // entries a script call
	pageSize   = 512 // entries a page when reading

	settleEvery = time.Second
	retryFirst  = 100 * time.Millisecond
	retryMost   = 2 * time.Second
)

// ledger moves entries from Append to the spool and from there to Redis.
//
// The head hash commits to everything before it. So as long as Redis shows the
// head we know, it has lost nothing of ours; when it shows another one, the
// writer's number beside it tells whether another node has appended or Redis
// has gone back, and from where to replay.
type ledger struct {
	// Fixed after start.
	rdb     redis.UniversalClient
	script  *redis.Script
	spool   *spool
	log     *slog.Logger
	health  *health
	node    string
	stopped context.Context
	base    int64         // entries found in the spool at start
	wake    chan struct{} // of the sender; one token is enough
	running sync.WaitGroup

	queue    *queue
	appended atomic.Int64
	stuck    atomic.Bool // the spool cannot be written

	// Owned by the sender.
	heads map[schedule.EventID]string
	acks  map[ackKey]ack
	// how many connections there had been when Redis was last looked at
	dialled int64

	mu       sync.Mutex
	progress chan struct{} // closed and replaced when Redis has taken more
}

type ackKey struct {
	writer string
	event  schedule.EventID
}

// ack is what Redis has confirmed of one writer in one event.
type ack struct {
	seq     int64
	at      time.Time
	settled int64 // number up to which it was still there after settleAfter
}

// errWentBack: Redis has lost entries; the spool was rewound.
var errWentBack = errors.New("redis went back")

func startLedger(s *Store) *ledger {
	written, _ := s.spool.progress()
	l := &ledger{
		rdb: s.rdb, script: s.scripts.ledgerAppend, spool: s.spool, log: s.log, health: s.health, node: s.node, stopped: s.stopped,
		base:     written,
		wake:     make(chan struct{}, 1),
		queue:    newQueue(memoryMost),
		heads:    make(map[schedule.EventID]string),
		acks:     make(map[ackKey]ack),
		progress: make(chan struct{}),
	}
	l.running.Go(l.write)
	l.running.Go(l.send)
	return l
}

// close writes what is queued to disk and ends both goroutines. The Store's
// context has ended by then.
func (l *ledger) close() {
	l.queue.close()
	l.running.Wait()
}

// Append records what happened. It returns when the entry is queued for the
// spool and waits only when that queue is full. It fills ID, At (when zero),
// Node, and the Salt of its words. Without a data folder in Options it panics: the program was wired
// to record and has no place to.
func (s *Store) Append(e schedule.Entry) {
	if s.ledger == nil {
		panic("store: Append without a data folder")
	}
	s.ledger.append(e, nil)
}

// append queues an entry that takes the words of others away.
func (l *ledger) append(e schedule.Entry, erases []string) {
	if e.ID == "" {
		e.ID = uuid.Must(uuid.NewV7()).String() // fails only without randomness, when nothing can go on
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	if e.Node == "" {
		e.Node = l.node
	}
	if e.Words != "" {
		e.Salt = rand.Text()
	}
	l.appended.Add(1) // before it can be taken: Flush counts up to here
	if !l.queue.put(recorded{attendance.Normal(e), erases}) {
		l.appended.Add(-1)
		l.log.Error("ledger entry after close is lost", "event", e.Event, "kind", e.Kind, "seat", e.Seat, "session", e.Session)
	}
}

// waiting is the number of entries that Redis does not have yet.
func (l *ledger) waiting() int64 {
	_, taken := l.spool.progress()
	return l.base + l.appended.Load() - taken
}

// Flush returns when every entry appended before is in Redis.
func (s *Store) Flush(ctx context.Context) error {
	if s.ledger == nil {
		return nil
	}
	l := s.ledger
	target := l.base + l.appended.Load()
	for {
		l.mu.Lock()
		progress := l.progress
		l.mu.Unlock()
		if _, taken := l.spool.progress(); taken >= target {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return fmt.Errorf("flush ledger, %d entries are not in redis: %w", l.waiting(), ctx.Err())
		case <-l.stopped.Done():
			return fmt.Errorf("flush ledger: store is closed")
		}
	}
}

// write is the goroutine that owns the spool's writing end.
func (l *ledger) write() {
	for {
		batch := l.queue.take(diskBatch)
		if batch == nil {
			return
		}
		for {
			err := l.spool.write(batch)
			if err == nil {
				if l.stuck.CompareAndSwap(true, false) {
					l.log.Info("the ledger's spool can be written again")
				}
				break
			}
			if l.stuck.CompareAndSwap(false, true) {
				l.log.Error("the ledger's spool cannot be written: free space or repair the data folder", "err", err)
			}
			if !l.pause(retryFirst) {
				l.log.Error("ledger entries are lost: closing with a spool that cannot be written", "entries", len(batch))
				break
			}
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// pause waits and tells whether to go on.
func (l *ledger) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-l.stopped.Done():
		return false
	}
}

// send is the goroutine that takes entries from the spool to Redis.
func (l *ledger) send() {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	retry, failing := retryFirst, false
	l.renewFile(false) // it may have been started anew together with us
	for {
		if l.mayBeNew() {
			l.renewFile(false)
		}
		err := l.drain()
		if err == nil {
			err = l.settle()
		}
		if l.stopped.Err() != nil {
			return
		}
		if err != nil && !errors.Is(err, errWentBack) {
			if !isAway(err) && !failing { // that Redis is away is told by health
				failing = true
				l.log.Error("redis refuses ledger entries, they wait on disk", "err", err)
			}
			if !l.pause(retry) {
				return
			}
			retry = min(retry*2, retryMost)
			continue
		}
		retry, failing = retryFirst, false
		if err != nil {
			l.renewFile(true)
			continue
		}
		select {
		case <-l.wake:
		case <-tick.C:
		case <-l.stopped.Done():
			return
		}
	}
}

// drain offers everything past the cursor.
func (l *ledger) drain() error {
	for {
		batch, err := l.spool.next(redisBatch)
		if err != nil {
			return fmt.Errorf("read spool: %w", err)
		}
		if len(batch) == 0 {
			return nil
		}
		var order []schedule.EventID
		byEvent := make(map[schedule.EventID][]spooled)
		for _, x := range batch {
			if byEvent[x.Entry.Event] == nil {
				order = append(order, x.Entry.Event)
			}
			byEvent[x.Entry.Event] = append(byEvent[x.Entry.Event], x)
		}
		for _, e := range order {
			if err := l.offer(e, byEvent[e]); err != nil {
				return err
			}
		}
		l.spool.taken(batch[len(batch)-1].pos, time.Now())
		l.mu.Lock()
		close(l.progress)
		l.progress = make(chan struct{})
		l.mu.Unlock()
	}
}

// offer appends one event's entries, all of one writer, in order and once.
func (l *ledger) offer(e schedule.EventID, entries []spooled) error {
	writer := entries[0].writer
	for {
		head := l.heads[e]
		args := make([]any, 0, 2+6*len(entries))
		args = append(args, head, writer)
		for _, x := range entries {
			sealed := attendance.Seal(head, x.Entry)
			entry, words, err := encodeEntry(sealed)
			if err != nil {
				return err
			}
			args = append(args, x.Seq, sealed.Hash, entry, sealed.ID, words, strings.Join(x.Erases, " "))
			head = sealed.Hash
		}
		done, last, err := l.call(e, writer, args)
		if err != nil || done {
			return err
		}
		for len(entries) > 0 && entries[0].Seq <= last {
			entries = entries[1:]
		}
		if len(entries) == 0 {
			return nil
		}
	}
}

// call runs the script and compares its answer with what we know.
func (l *ledger) call(e schedule.EventID, writer string, args []any) (done bool, last int64, err error) {
	ctx, cancel := context.WithTimeout(l.stopped, callTimeout)
	defer cancel()
	res, err := l.script.Run(ctx, l.rdb, []string{keyLedger(e), keyChain(e), keyWords(e)}, args...).Slice()
	if err != nil {
		return false, 0, fmt.Errorf("ledger of %s: %w", e, err)
	}
	status, _ := res[0].(int64)
	head, _ := res[1].(string)
	last, _ = res[2].(int64)
	k := ackKey{writer, e}
	known := l.acks[k]
	if status == 0 && last < known.seq {
		clear(l.heads)
		clear(l.acks)
		again := l.spool.rewind()
		l.log.Warn("redis has lost ledger entries: what is in the spool is replayed", "event", e, "replayed", again)
		if last < known.settled {
			l.log.Error("redis has lost ledger entries that were trimmed from the spool long ago", "event", e,
				"writer", writer, "has", last, "had", known.settled)
		}
		return false, 0, errWentBack
	}
	l.heads[e] = head
	if last > known.seq {
		known.seq, known.at = last, time.Now()
		l.acks[k] = known
	}
	return status == 1, last, nil
}

// settle asks, while entries are young, whether Redis still has them, and
// trims the spool of those that it has had for settleAfter.
func (l *ledger) settle() error {
	if !l.spool.unsettled() {
		return nil
	}
	now := time.Now()
	for k, a := range l.acks {
		if a.settled == a.seq {
			continue
		}
		if _, _, err := l.call(k.event, k.writer, []any{l.heads[k.event], k.writer}); err != nil {
			return err
		}
		if a = l.acks[k]; now.Sub(a.at) >= settleAfter {
			a.settled = a.seq
			l.acks[k] = a
		}
	}
	if err := l.spool.trim(now.Add(-settleAfter)); err != nil {
		l.log.Error("trim spool", "err", err) // harmless: replay is idempotent
	}
	return nil
}
