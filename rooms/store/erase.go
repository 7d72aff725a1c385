package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// ErrAmbiguous: an id names parties of several kinds.
var ErrAmbiguous = errors.New("the id names more than one party")

// Erasure is an order to take a person away, and who gave it.
type Erasure struct {
	Event  schedule.EventID
	Party  string // id of a firm, buyer or interpreter
	By     string // account or link
	Reason string
}

// Erased tells what was taken away.
type Erased struct {
	Words int // of ledger entries
	Notes int
	Chats int
	Links int // revoked
}

// Erase takes a party away: its name, products and contacts in the timetable
// and its record of changes, its links, device tests and consents, its chat
// messages, the notes from it and to it, the words of ledger entries about its
// seats, its links or its consultations, and its names wherever else in the event
// somebody wrote them. Its id stays, and with it every count, every interval and
// the chain.
//
// What stays: a nickname or a name spelled otherwise in what others wrote; what
// it wrote itself in a consultation that was later given to somebody else and
// does not name it; the data folder's spool, for settleAfter; and backups of
// Redis, which are not ours. Redis's own append-only file is written anew.
//
// Each step may be done again, and the ledger's entry comes with the last one:
// an erasure that a crash or an outage of Redis cut short is repeated by asking
// once more, and one that was done already changes nothing. Rooms that are open
// keep what they have in memory until they end. An EntryErased takes the words
// away in the order of the ledger, so a spool that is replayed cannot bring
// them back.
func (s *Store) Erase(ctx context.Context, o Erasure) (Erased, error) {
	if s.ledger == nil {
		return Erased{}, errors.New("erase: there is no data folder to record it")
	}
	done, err := s.erase(ctx, o)
	if err != nil {
		return done, fmt.Errorf("erase %s of %s: %w", o.Party, o.Event, err)
	}
	return done, nil
}

func (s *Store) erase(ctx context.Context, o Erasure) (done Erased, err error) {
	e, err := s.Event(ctx, o.Event)
	if err != nil {
		return done, err
	}
	p, err := partyOf(e, o.Party)
	if err != nil {
		return done, err
	}
	if done.Links, err = s.eraseLinks(ctx, e.ID, &p); err != nil {
		return done, err
	}
	if err := s.formerNames(ctx, &p); err != nil {
		return done, err
	}
	if done.Notes, err = redact(ctx, s, keyNotes(e.ID), "n", p.note); err != nil {
		return done, err
	}
	for _, c := range e.Consultations {
		n, err := redact(ctx, s, keyChat(e.ID, c.ID), "m", p.chat)
		if err != nil {
			return done, err
		}
		done.Chats += n
	}
	if err := s.eraseContacts(ctx, e.ID, p); err != nil {
		return done, err
	}
	// The names are still in the timetable: with them they are found here.
	if _, err := redact(ctx, s, keyEdits(e.ID), "e", p.edit); err != nil {
		return done, err
	}
	named, err := s.eraseNames(ctx, p, o.By)
	if err != nil {
		return done, err
	}
	done, err = s.eraseWords(ctx, o, p, done, named)
	if err == nil && done != (Erased{}) {
		s.ledger.forgetFile()
	}
	return done, err
}

// party is who is erased.
type party struct {
	id    string
	kind  string // as changes of the timetable call it
	role  schedule.Role
	event schedule.EventID
	in    map[schedule.ConsultationID]bool // its consultations
	links map[string]bool                  // its links' ids
	names []string                         // everything that people could know it by
}

func partyOf(e *schedule.Event, id string) (party, error) {
	p := party{id: id, event: e.ID, in: map[schedule.ConsultationID]bool{}, links: map[string]bool{}}
	found := 0
	is := func(role schedule.Role, name string, c schedule.Contact) {
		found++
		p.role, p.kind = role, string(role)
		for _, n := range []string{name, c.Person, c.Company, c.Email, c.Phone} {
			if n != "" && n != id {
				p.names = append(p.names, n)
			}
		}
	}
	if f, ok := e.Firm(schedule.FirmID(id)); ok {
		is(schedule.RoleFirm, f.Name, f.Contact)
	}
	if b, ok := e.Buyer(schedule.BuyerID(id)); ok {
		is(schedule.RoleBuyer, b.Name, b.Contact)
	}
	if i, ok := e.Interpreter(schedule.InterpreterID(id)); ok {
		is(schedule.RoleInterpreter, i.Name, i.Contact)
	}
	switch found {
	case 0:
		return p, ErrNotFound
	case 1:
	default:
		return p, ErrAmbiguous
	}
	for _, c := range e.Consultations {
		of := map[schedule.Role]string{
			schedule.RoleFirm: string(c.Firm), schedule.RoleBuyer: string(c.Buyer), schedule.RoleInterpreter: string(c.Interpreter),
		}
		p.in[c.ID] = of[p.role] == id
	}
	for c, in := range p.in {
		if !in {
			delete(p.in, c)
		}
	}
	return p, nil
}

// formerNames finds what the party was called before, in the record of changes,
// and puts all names into the order in which they are looked for.
func (s *Store) formerNames(ctx context.Context, p *party) error {
	all, err := s.rdb.XRange(ctx, keyEdits(p.event), "-", "+").Result()
	if err != nil {
		return err
	}
	for _, x := range all {
		var r schedule.EditRecord
		if err := decodeField(x, "e", &r); err != nil {
			return err
		}
		for _, c := range r.Changes {
			if c.What != p.kind || c.ID != p.id {
				continue
			}
			for _, f := range c.Fields {
				if !slices.Contains([]string{"name", "person", "company", "email", "phone"}, f.Field) {
					continue
				}
				for _, n := range []string{f.Before, f.After} {
					if n != "" && n != p.id {
						p.names = append(p.names, n)
					}
				}
			}
		}
	}
	slices.SortFunc(p.names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) // a name may hold another one
	p.names = slices.Compact(p.names)
	return nil
}

// unnamed is a text without the party's names. One or two letters are no name to
// look for in what people wrote: they are in every other word.
func (p party) unnamed(text string) string {
	for _, n := range p.names {
		if utf8.RuneCountInString(n) > 2 {
			text = strings.ReplaceAll(text, n, p.id)
		}
	}
	return text
}

// has tells whether a seat is one of the party's.
func (p party) has(seat schedule.SeatID) bool {
	c, role := seat.Split()
	return role == p.role && p.in[c]
}

// note, chat and edit tell what becomes of one: whether it stays, and as what.
func (p party) note(n *schedule.Note) (stays, changed bool) {
	about := n.To.Consultation != "" && p.in[n.To.Consultation]
	was := n.Text
	n.Text = p.unnamed(was)
	return !p.has(n.From.Seat) && !p.has(n.To.Seat) && !about, n.Text != was
}

func (p party) chat(m *schedule.ChatMessage) (stays, changed bool) {
	was := m.Text
	m.Text = p.unnamed(was)
	return !p.has(m.Seat), m.Text != was
}

func (p party) edit(r *schedule.EditRecord) (stays, changed bool) {
	for i := range r.Changes {
		c := &r.Changes[i]
		own := c.What == p.kind && c.ID == p.id || c.What == "link" && p.links[c.ID]
		hide := func(s *string, all bool) {
			was := *s
			if all && own && was != "" {
				*s = p.id
			}
			for _, n := range p.names {
				*s = strings.ReplaceAll(*s, n, p.id)
			}
			changed = changed || *s != was
		}
		hide(&c.Name, true)
		hide(&c.Why, false)
		for j := range c.Fields {
			hide(&c.Fields[j].Before, c.What != "link")
			hide(&c.Fields[j].After, c.What != "link")
		}
	}
	return true, changed
}

// redact goes through a stream and keeps of it what look says.
func redact[T any](ctx context.Context, s *Store, key, field string, look func(*T) (stays, changed bool)) (int, error) {
	all, err := s.rdb.XRange(ctx, key, "-", "+").Result()
	if err != nil {
		return 0, err
	}
	args := []any{field}
	for _, x := range all {
		var v T
		if err := decodeField(x, field, &v); err != nil {
			return 0, err
		}
		switch stays, changed := look(&v); {
		case !stays:
			args = append(args, x.ID, "")
		case changed:
			b, err := json.Marshal(v)
			if err != nil {
				return 0, err
			}
			args = append(args, x.ID, b)
		}
	}
	if len(args) == 1 {
		return 0, nil
	}
	return s.scripts.streamRedact.Run(ctx, s.rdb, []string{key}, args...).Int()
}

// eraseLinks revokes the party's links and forgets its devices and consents.
func (s *Store) eraseLinks(ctx context.Context, e schedule.EventID, p *party) (revoked int, err error) {
	links, err := s.Links(ctx, e)
	if err != nil {
		return 0, err
	}
	for _, l := range links {
		if l.Grants.Kind != schedule.LinkPerson || l.Grants.Role != p.role || l.Grants.Party != p.id {
			continue
		}
		p.links[string(l.ID)] = true
		if !l.Revoked {
			if _, err := s.Revoke(ctx, l.ID, time.Now()); err != nil {
				return revoked, err
			}
			revoked++
		}
		_, err := s.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.HDel(ctx, keyReadiness(e), string(l.ID))
			pipe.HDel(ctx, keyPaths(e), string(l.ID))
			pipe.HDel(ctx, keyConsent(e), string(l.ID))
			return nil
		})
		if err != nil {
			return revoked, err
		}
	}
	return revoked, nil
}

// eraseContacts takes the words of calls out of the mirrors of rooms.
func (s *Store) eraseContacts(ctx context.Context, e schedule.EventID, p party) error {
	for c := range p.in {
		for {
			raw, err := s.rdb.HGet(ctx, keyRooms(e), string(c)).Result()
			if errors.Is(err, redis.Nil) {
				break
			}
			if err != nil {
				return err
			}
			var st schedule.RoomState
			if err := json.Unmarshal([]byte(raw), &st); err != nil {
				return fmt.Errorf("room state %s: %w", c, err)
			}
			changed := false
			for i := range st.Contacts {
				changed = changed || st.Contacts[i].Words != ""
				st.Contacts[i].Words = ""
			}
			if !changed {
				break
			}
			b, err := json.Marshal(st)
			if err != nil {
				return err
			}
			if n, err := s.scripts.hashSwap.Run(ctx, s.rdb, []string{keyRooms(e)}, string(c), raw, b).Int(); err != nil || n == 1 {
				if err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// eraseNames leaves of the party in the timetable its id, and what counts go by:
// country, zone and languages.
func (s *Store) eraseNames(ctx context.Context, p party, by string) (changed bool, err error) {
	for {
		e, err := s.Event(ctx, p.event)
		if err != nil {
			return false, err
		}
		if !p.forget(e) {
			return false, nil
		}
		edit := schedule.EditRecord{At: time.Now().UTC(), By: by, Op: "erase", Changes: []schedule.EditChange{
			{What: p.kind, ID: p.id, Name: p.id, Change: "changed"},
		}}
		if err := s.ChangeEvent(ctx, e, edit); !errors.Is(err, ErrConflict) {
			return true, err
		}
	}
}

// forget takes the party's names out of a timetable; false when there are none.
func (p party) forget(e *schedule.Event) (changed bool) {
	for i, f := range e.Firms {
		if p.role == schedule.RoleFirm && string(f.ID) == p.id {
			e.Firms[i] = schedule.Firm{ID: f.ID, Name: p.id}
			changed = e.Firms[i] != f
		}
	}
	for i, b := range e.Buyers {
		if p.role == schedule.RoleBuyer && string(b.ID) == p.id {
			e.Buyers[i].Name, e.Buyers[i].Contact = p.id, schedule.Contact{}
			changed = e.Buyers[i] != b
		}
	}
	for i, x := range e.Interpreters {
		if p.role == schedule.RoleInterpreter && string(x.ID) == p.id {
			changed = x.Name != p.id || x.Contact != schedule.Contact{}
			e.Interpreters[i].Name, e.Interpreters[i].Contact = p.id, schedule.Contact{}
		}
	}
	return changed
}

// ofLink tells whether an entry is about one of the party's links.
func (p party) ofLink(x schedule.Entry) bool {
	if x.Kind != schedule.EntryStaff {
		return false
	}
	words := strings.Fields(x.Detail)
	return len(words) == 3 && words[0] == string(schedule.ActionLink) && p.links[words[2]]
}

// eraseWords appends the entry that takes the words of others away. A verdict or
// an extension has no seat, but what is said of a consultation may name anybody
// in it.
func (s *Store) eraseWords(ctx context.Context, o Erasure, p party, done Erased, named bool) (Erased, error) {
	if err := s.Flush(ctx); err != nil { // words that still wait on the disk
		return done, err
	}
	var ids []string
	told := false
	err := s.Entries(ctx, o.Event, func(x schedule.Entry) error {
		switch {
		case x.Kind == schedule.EntryErased:
			told = told || x.Detail == o.Party
		case x.Words == "":
		case p.has(x.Seat), x.Seat == "" && p.in[x.Consultation], p.ofLink(x), p.unnamed(x.Words) != x.Words:
			ids = append(ids, x.ID)
		}
		return nil
	})
	if err != nil {
		return done, err
	}
	done.Words = len(ids)
	if told && !named && done == (Erased{}) {
		return done, nil // it was done before, to the end
	}
	s.ledger.append(schedule.Entry{
		Event: o.Event, Kind: schedule.EntryErased, By: o.By, Detail: o.Party, Words: o.Reason,
	}, ids)
	return done, s.Flush(ctx)
}
