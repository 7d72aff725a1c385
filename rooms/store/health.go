package store

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// silenceDriver keeps go-redis from writing a line to stderr for every
// connection that fails; health says it once. The driver's logger is a global
// of its package, so it is set once a process.
var silenceDriver = sync.OnceFunc(func() { redis.SetLogger(silent{}) })

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// health hears the outcome of every command and says once that Redis is away
// and once that it is back, instead of once a command.
type health struct {
	log  *slog.Logger
	took prometheus.Histogram

	dialled atomic.Int64 // connections so far

	mu    sync.Mutex
	since time.Time // away since; zero: here
	back  time.Time // when it last came back
}

func newHealth(log *slog.Logger) *health { return &health{log: log, took: newCommandTime()} }

func (h *health) awaySince() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.since
}

// steadyFor tells whether Redis has answered for all of d. A connection that
// was never lost counts as steady.
func (h *health) steadyFor(d time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.since.IsZero() && (h.back.IsZero() || time.Since(h.back) >= d)
}

func (h *health) note(err error) {
	away := isAway(err)
	if err != nil && !away && !isReply(err) {
		return // the caller's own cancellation says nothing about Redis
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case away && h.since.IsZero():
		h.since = time.Now()
		h.log.Warn("redis is away: rooms run on, the ledger waits on disk", "err", err)
	case !away && !h.since.IsZero():
		h.log.Info("redis is back", "away", time.Since(h.since).Round(time.Millisecond))
		h.since, h.back = time.Time{}, time.Now()
	}
}

// isReply tells an answer of a working Redis, be it an error or nil.
func isReply(err error) bool {
	var reply redis.Error
	return err == nil || errors.As(err, &reply)
}

// isAway tells whether an error means that Redis cannot serve now.
func isAway(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) || errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrClosed) {
		return false
	}
	var reply redis.Error
	if errors.As(err, &reply) {
		for _, p := range []string{"LOADING ", "MASTERDOWN ", "CLUSTERDOWN ", "READONLY ", "TRYAGAIN ", "MISCONF "} {
			if strings.HasPrefix(reply.Error(), p) {
				return true
			}
		}
		return false
	}
	return !isOurs(err)
}

// isOurs tells an error of our own disk, or of a value that we cannot read: it
// must be logged where it happens, since health hears nothing of it.
func isOurs(err error) bool {
	var disk *fs.PathError
	var syntax *json.SyntaxError
	var value *json.UnmarshalTypeError
	return errors.As(err, &disk) || errors.As(err, &syntax) || errors.As(err, &value) || errors.Is(err, ErrNotFound)
}

// DialHook, ProcessHook and ProcessPipelineHook make health a redis.Hook.
func (h *health) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		h.dialled.Add(1)
		return next(ctx, network, addr)
	}
}

func (h *health) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		begin := time.Now()
		err := next(ctx, cmd)
		h.took.Observe(time.Since(begin).Seconds())
		h.note(err)
		return err
	}
}

func (h *health) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		begin := time.Now()
		err := next(ctx, cmds)
		h.took.Observe(time.Since(begin).Seconds())
		h.note(err)
		return err
	}
}
