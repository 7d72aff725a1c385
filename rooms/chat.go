package rooms

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sangdam/rooms/schedule"
)

// saidKept is how many of a person's own messages are known again when they
// are repeated after a resume.
const saidKept = 32

// say adds a message to the chat, once for each key.
func (r *room) say(p *participant, key, text string, now time.Time) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || !utf8.ValidString(text):
		return ErrInvalid
	case utf8.RuneCountInString(text) > MaxChatRunes:
		return ErrTooLarge
	case key != "" && slices.Contains(p.said, key):
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	m := Chat{
		ChatMessage: schedule.ChatMessage{ID: id.String(), At: now, Seat: p.view.Seat, Role: p.view.Role, Text: text},
		Name:        p.view.Name,
	}
	p.said = newest(append(p.said, key), saidKept)
	r.chat = newest(append(r.chat, m), MaxChatKept)
	r.changes = append(r.changes, Change{Chat: &m})
	r.mirror.saveChat(r.key, m.ChatMessage)
	return nil
}

// storedChat gives what the Store kept its names.
func storedChat(e *schedule.Event, stored []schedule.ChatMessage) []Chat {
	all := make([]Chat, 0, len(stored))
	for _, m := range stored {
		all = append(all, Chat{ChatMessage: m, Name: e.SeatName(m.Seat)})
	}
	return all
}

// mergeChat joins what memory and the Store know, oldest first. The Store may
// lack the newest messages and may hold one twice: a write is tried again when
// its answer was lost.
func mergeChat(memory, stored []Chat) []Chat {
	all := slices.Concat(memory, stored)
	slices.SortStableFunc(all, func(a, b Chat) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	all = slices.CompactFunc(all, func(a, b Chat) bool { return a.ID == b.ID })
	return newest(all, MaxChatKept)
}

func newest[T any](all []T, keep int) []T {
	if len(all) <= keep {
		return all
	}
	return slices.Clone(all[len(all)-keep:])
}
