package store

import (
	"context"
	"fmt"
	"strings"
)

// Durability is how well a Redis keeps what it is given.
type Durability struct {
	Appends bool   // every write goes to the append-only file
	Evicts  string // the policy by which it throws keys away when memory is short; empty: it keeps all
}

// Durability asks Redis how it keeps what it is given. Of a cluster one node answers:
// its nodes are configured alike.
func (s *Store) Durability(ctx context.Context) (Durability, error) {
	text, err := s.rdb.Info(ctx, "persistence", "memory").Result()
	if err != nil {
		return Durability{}, fmt.Errorf("info: %w", err)
	}
	info := make(map[string]string)
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[key] = value
		}
	}
	c := Durability{Appends: info["aof_enabled"] == "1"}
	// Without a limit of memory nothing is thrown away, whatever the policy.
	if p := info["maxmemory_policy"]; p != "noeviction" && info["maxmemory"] != "0" {
		c.Evicts = p
	}
	return c, nil
}
