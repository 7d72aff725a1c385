package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrUnreachable: Redis does not answer at the given address.
	ErrUnreachable = errors.New("redis is unreachable")
	// ErrNotFound: there is no such event.
	ErrNotFound = errors.New("not found")
	// ErrSpoolInUse: another process has the data folder.
	ErrSpoolInUse = errors.New("the data folder is in use by another process")
	// ErrNodeNotStarted: StartNode has not been called.
	ErrNodeNotStarted = errors.New("node not started")
	// ErrSuperseded: the node was started a second time under the same name.
	ErrSuperseded = errors.New("another process was started under this node's name")
)

const (
	openTimeout = 3 * time.Second // to the first answer of Redis
	callTimeout = 5 * time.Second // of a call whose context says nothing
)

// Options is what a Store is built from. One of URL and Client is needed.
type Options struct {
	// URL of Redis: redis://, rediss:// or unix://; with ?addr=host:port for
	// further cluster nodes; with ?master_name=NAME for Sentinel.
	URL string
	// Client is used instead of URL; the caller closes it.
	Client redis.UniversalClient
	// Node is this server's name, the same after a restart. Empty: a name made up.
	Node string
	// Dir is the data folder, for the ledger's spool, its key and the heads that
	// were signed. Empty: no ledger is written, which suits commands that only read.
	Dir string
	// Logger defaults to slog.Default.
	Logger *slog.Logger
}

// Store is one process's view of Redis. Its methods may be called from any
// goroutine; each call is one round trip and bounded by its context.
type Store struct {
	// Fixed after Open.
	rdb      redis.UniversalClient
	owned    bool // rdb is ours to close
	node     string
	log      *slog.Logger
	scripts  scripts
	health   *health
	spool    *spool // nil without Dir
	ledger   *ledger
	signer   *signer       // nil without Dir
	signAge  time.Duration // how old an entry must be to be signed
	stop     context.CancelFunc
	stopped  context.Context
	stopOnce sync.Once
	running  sync.WaitGroup // keeper

	incarnation atomic.Int64 // zero until StartNode
}

// Open connects to Redis and, when there is a data folder, starts to replay
// what an earlier process left in its spool.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Node == "" {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		o.Node = "node-" + hex.EncodeToString(b[:])
	}
	silenceDriver()
	s := &Store{rdb: o.Client, node: o.Node, log: o.Logger, scripts: loadScripts(), signAge: settleAfter}
	if s.rdb == nil {
		rdb, err := dial(o.URL)
		if err != nil {
			return nil, err
		}
		s.rdb, s.owned = rdb, true
	}
	first, cancel := context.WithTimeout(ctx, openTimeout)
	err := s.rdb.Ping(first).Err()
	cancel()
	if err != nil {
		s.closeClient()
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	s.health = newHealth(s.log) // from here on; that Redis was not there at all is the caller's to tell
	s.rdb.AddHook(s.health)
	s.stopped, s.stop = context.WithCancel(context.Background())
	if o.Dir != "" {
		s.spool, err = openSpool(o.Dir, s.log)
		if err != nil {
			s.closeClient()
			return nil, fmt.Errorf("open spool: %w", err)
		}
		if s.signer, err = openSigner(o.Dir, s.log); err != nil {
			err = errors.Join(err, s.spool.close())
			s.closeClient()
			return nil, err
		}
		s.ledger = startLedger(s)
	}
	return s, nil
}

// dial makes a client for the URL; nothing is connected yet.
func dial(raw string) (redis.UniversalClient, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("redis URL is not of the form redis://host:port/0")
	}
	const dialTimeout, ioTimeout = 2 * time.Second, 3 * time.Second
	switch q := u.Query(); {
	case q.Has("master_name"):
		o, err := redis.ParseFailoverURL(raw)
		if err != nil {
			return nil, fmt.Errorf("redis URL: %w", err)
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
		o.ContextTimeoutEnabled, o.MaxRetries = true, 1
		return redis.NewFailoverClient(o), nil
	case q.Has("addr"):
		o, err := redis.ParseClusterURL(raw)
		if err != nil {
			return nil, fmt.Errorf("redis URL: %w", err)
		}
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
		o.ContextTimeoutEnabled = true
		return redis.NewClusterClient(o), nil
	}
	o, err := redis.ParseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("redis URL: %w", err)
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	o.ContextTimeoutEnabled, o.MaxRetries = true, 1
	return redis.NewClient(o), nil
}

// Close stops the keeper and the ledger and awaits them. Entries that are not
// in Redis yet stay in the spool for the next start; call Flush before to wait
// for them.
func (s *Store) Close() error {
	var err error
	s.stopOnce.Do(func() {
		s.stop()
		s.running.Wait()
		if s.ledger != nil {
			s.ledger.close()
			err = s.spool.close()
		}
		s.closeClient()
	})
	return err
}

func (s *Store) closeClient() {
	if s.owned {
		_ = s.rdb.Close() // only says that it was closed before
	}
}

// Node is this server's name.
func (s *Store) Node() string { return s.node }

// Ping asks Redis whether it is there.
func (s *Store) Ping(ctx context.Context) error { return s.rdb.Ping(ctx).Err() }

// Clock is Redis's time.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	t, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("clock: %w", err)
	}
	return t, nil
}

// AwaySince tells since when Redis has not answered; zero when it does.
func (s *Store) AwaySince() time.Time { return s.health.awaySince() }

// Spooled is the number of ledger entries that are not in Redis yet.
func (s *Store) Spooled() int64 {
	if s.ledger == nil {
		return 0
	}
	return s.ledger.waiting()
}

// Storage tells how the record is kept now: since when Redis has not answered
// (zero: it does), how many ledger entries it does not have yet, and whether
// the data folder cannot be written.
func (s *Store) Storage() (awaySince time.Time, waiting int64, diskFull bool) {
	return s.AwaySince(), s.Spooled(), s.ledger != nil && s.ledger.stuck.Load()
}
