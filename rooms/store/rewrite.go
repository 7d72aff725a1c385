package store

import (
	"bufio"
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// renewFile has Redis write its append-only file anew, once after each start of
// Redis. A server whose last transaction reached the disk by half forgets that
// half, but leaves it in its file, without an end, and appends behind it: the
// next start would apply what is in both. The file that it writes anew is of
// what it has in memory.
//
// It is a best effort. A Redis that does not let us is left to who runs it, and
// so is a cluster unless it has just lost something.
func (l *ledger) renewFile(lost bool) {
	ctx, cancel := context.WithTimeout(l.stopped, callTimeout)
	defer cancel()
	if _, cluster := l.rdb.(*redis.ClusterClient); !cluster { // each of its servers has a run of its own
		run, kept := runOf(ctx, l.rdb)
		if !kept {
			return
		}
		before, err := l.rdb.GetSet(ctx, keyRedisRun, run).Result() // of several nodes one finds the old one
		switch {
		case err != nil && !errors.Is(err, redis.Nil), err == nil && before == run, err != nil && !lost:
			return
		}
	} else if !lost {
		return
	}
	err := rewrite(ctx, l.rdb)
	switch {
	case l.stopped.Err() != nil, isAway(err): // it is asked when it comes back
	case err == nil:
		l.log.Info("redis was started anew: it writes its append-only file anew, too")
	default:
		l.log.Warn("redis was started anew and does not write its append-only file anew: let whoever runs it do BGREWRITEAOF before it is started again, "+
			"or half a transaction that a loss of power left in the file may come back", "err", err)
	}
}

// forgetFile has Redis write its append-only file anew, since what was erased
// stands in it until then. Redis does that by itself some day, so that it is no
// failure when it does not do it now.
func (l *ledger) forgetFile() {
	ctx, cancel := context.WithTimeout(l.stopped, callTimeout)
	defer cancel()
	if _, kept := runOf(ctx, l.rdb); !kept {
		return
	}
	if err := rewrite(ctx, l.rdb); err != nil && l.stopped.Err() == nil {
		l.log.Warn("what was erased is in Redis's append-only file until that is written anew: let whoever runs Redis do BGREWRITEAOF", "err", err)
	}
}

// rewrite asks every server of Redis; one that is at it already will do.
func rewrite(ctx context.Context, rdb redis.UniversalClient) error {
	ask := func(ctx context.Context, c redis.Cmdable) error {
		err := c.BgRewriteAOF(ctx).Err()
		if err != nil && strings.Contains(err.Error(), "already in progress") {
			return nil
		}
		return err
	}
	if c, ok := rdb.(*redis.ClusterClient); ok {
		return c.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return ask(ctx, c) })
	}
	return ask(ctx, rdb)
}

// runOf names this run of Redis, and tells whether it keeps an append-only file;
// what does not say so keeps none that we could do anything about.
func runOf(ctx context.Context, c redis.Cmdable) (run string, kept bool) {
	text, err := c.Info(ctx).Result()
	if err != nil {
		return "", false
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		switch name, value, _ := strings.Cut(lines.Text(), ":"); name {
		case "run_id":
			run = value
		case "aof_enabled":
			kept = value == "1"
		}
	}
	return run, kept && run != ""
}

// mayBeNew tells whether Redis may have been started anew since the last time
// it was asked: then every connection is one that was dialled since.
func (l *ledger) mayBeNew() bool {
	before := l.dialled
	l.dialled = l.health.dialled.Load()
	return l.dialled != before
}
