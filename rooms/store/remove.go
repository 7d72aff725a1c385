package store

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// RemoveEvent forgets an event that was made to be thrown away: its timetable,
// its links, and what its rooms left. Its record stays, with its hashes and heads:
// no line of any record is ever removed, or `sangdam verify` could not tell this
// from a forgery. Who calls says which events may go.
func (s *Store) RemoveEvent(ctx context.Context, e *schedule.Event) error {
	// The list goes first: a server that reads it no longer finds the event.
	if err := s.rdb.SRem(ctx, keyEvents, string(e.ID)).Err(); err != nil {
		return fmt.Errorf("remove event %s: %w", e.ID, err)
	}
	links, err := s.rdb.SMembers(ctx, keyLinks(e.ID)).Result()
	if err != nil {
		return fmt.Errorf("remove event %s: %w", e.ID, err)
	}
	keys := []string{
		keyEvent(e.ID), keyRevision(e.ID), keyEdits(e.ID), keyReadiness(e.ID), keyPaths(e.ID), keyConsent(e.ID), keyLinks(e.ID),
		keyPresence(e.ID), keyRooms(e.ID), keyNotes(e.ID), keyQuality(e.ID), keyAPIKeys(e.ID),
		keyHooks(e.ID), keyHookCursors(e.ID), keyDeliveries(e.ID), keyHookDue(e.ID),
	}
	for _, c := range e.Consultations {
		keys = append(keys, keyLease(e.ID, c.ID), keyChat(e.ID, c.ID), keyChatIDs(e.ID, c.ID))
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range links { // each in a slot of its own
			p.Del(ctx, keyLink(schedule.LinkID(id)))
		}
		p.Del(ctx, keys...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove event %s: %w", e.ID, err)
	}
	return nil
}
