package timetable

import (
	"maps"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// Rooms is what has happened in the rooms of an event so far, as the store
// keeps it; nil: nothing yet.
type Rooms = map[schedule.ConsultationID]schedule.RoomState

// Why a consultation can no longer be changed.
const (
	FixedLive  = "live"
	FixedEnded = "ended"
)

// fixed tells why a consultation can no longer be changed; "": it can.
func fixed(rooms Rooms, id schedule.ConsultationID) string {
	r := rooms[id]
	switch {
	case !r.EndedAt.IsZero() || r.Phase == schedule.PhaseEnded:
		return FixedEnded
	case r.Phase == schedule.PhaseLive || r.Phase == schedule.PhaseClosing:
		return FixedLive
	}
	return ""
}

// FieldChange is one field that changes. Times are RFC 3339 in UTC, booths and
// parties are given by name.
type FieldChange struct {
	Field string `json:"field"` // start, end, booth, firm, buyer, interpreter, cancelled; of parties: name, products, country, zone, language, languages, place, stand_by, person, company, email, phone, trade_office
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// Change is what happens to a consultation.
type Change struct {
	Consultation schedule.ConsultationID `json:"consultation"`
	Fields       []FieldChange           `json:"fields"`
	Why          string                  `json:"why,omitempty"` // of a refused one: live or ended
}

// PartyChange is what happens to a booth, firm, buyer or interpreter.
type PartyChange struct {
	Kind   string        `json:"kind"` // booth, firm, buyer, interpreter
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Op     string        `json:"op"` // created, changed, removed
	Fields []FieldChange `json:"fields,omitempty"`
}

// Changes is what an import does to an event.
type Changes struct {
	Created   []schedule.ConsultationID `json:"created"`
	Changed   []Change                  `json:"changed"`
	Cancelled []schedule.ConsultationID `json:"cancelled"`
	Unchanged []schedule.ConsultationID `json:"unchanged"`
	Refused   []Change                  `json:"refused"` // live or ended ones, left as they are
	Parties   []PartyChange             `json:"parties"`
	Zone      *FieldChange              `json:"zone,omitempty"`
}

// Empty tells whether nothing would change.
func (c Changes) Empty() bool {
	return len(c.Created)+len(c.Changed)+len(c.Cancelled)+len(c.Parties) == 0 && c.Zone == nil
}

// Plan compares an event with a draft of it and returns what it becomes, and
// how that differs. Without an old event all is created.
//
// Consultations are the same by id, and booths and parties by name, so that
// their ids, and with them links and the record, stay. What the file is silent
// about (a telephone number that the page knows) stays, too. A consultation
// that the file has not is cancelled, never deleted; one that is live or has
// ended is left as it is and told as refused. Parties that no consultation has
// any more go, but for stand-by buyers.
//
// The draft may be empty in Name, Organiser, Language and Policy: the old ones
// stay. The Revision is the old one.
func Plan(old, draft *schedule.Event, rooms Rooms) (*schedule.Event, Changes) {
	changes := Changes{
		Created: []schedule.ConsultationID{}, Changed: []Change{}, Cancelled: []schedule.ConsultationID{},
		Unchanged: []schedule.ConsultationID{}, Refused: []Change{}, Parties: []PartyChange{},
	}
	if old == nil {
		old = &schedule.Event{ID: draft.ID, Name: draft.Name, Organiser: draft.Organiser, Language: draft.Language, Zone: draft.Zone, Policy: draft.Policy}
	}
	out := clone(old)
	if draft.Name != "" {
		out.Name = draft.Name
	}
	if draft.Organiser != "" {
		out.Organiser = draft.Organiser
	}
	if draft.Language != "" {
		out.Language = draft.Language
	}
	if draft.Zone != "" && draft.Zone != old.Zone {
		changes.Zone = &FieldChange{"zone", old.Zone, draft.Zone}
		out.Zone = draft.Zone
	}
	same := mergeParties(out, draft)
	names := out.Names()
	places := make(map[schedule.ConsultationID]int, len(out.Consultations))
	for i, c := range out.Consultations {
		places[c.ID] = i
	}
	wanted := make(map[schedule.ConsultationID]bool, len(draft.Consultations))
	for _, c := range draft.Consultations {
		wanted[c.ID] = true
		c.Booth, c.Firm, c.Buyer, c.Interpreter = same.booths[c.Booth], same.firms[c.Firm], same.buyers[c.Buyer], same.interpreters[c.Interpreter]
		at, known := places[c.ID]
		if !known {
			changes.Created = append(changes.Created, c.ID)
			out.Consultations = append(out.Consultations, c)
			continue
		}
		was := out.Consultations[at]
		c.Sequence = was.Sequence
		fields := differences(names, was, c)
		switch why := fixed(rooms, c.ID); {
		case len(fields) == 0:
			changes.Unchanged = append(changes.Unchanged, c.ID)
		case why != "":
			changes.Refused = append(changes.Refused, Change{c.ID, fields, why})
		default:
			changes.Changed = append(changes.Changed, Change{Consultation: c.ID, Fields: fields})
			c.Sequence++
			out.Consultations[at] = c
		}
	}
	for i := range out.Consultations {
		c := &out.Consultations[i]
		if wanted[c.ID] {
			continue
		}
		why := fixed(rooms, c.ID)
		switch {
		case c.Cancelled:
			changes.Unchanged = append(changes.Unchanged, c.ID)
		case why != "":
			changes.Refused = append(changes.Refused, Change{c.ID, []FieldChange{{Field: "cancelled", From: "false", To: "true"}}, why})
		default:
			c.Cancelled = true
			c.Sequence++
			changes.Cancelled = append(changes.Cancelled, c.ID)
		}
	}
	slices.SortStableFunc(out.Consultations, byStart)
	removeIdle(out)
	changes.Parties = append(changes.Parties, partyChanges(old, out)...)
	return out, changes
}

// clone copies an event so far that a change of one is not seen in the other.
func clone(e *schedule.Event) *schedule.Event {
	out := *e
	out.Firms, out.Buyers = slices.Clone(e.Firms), slices.Clone(e.Buyers)
	out.Interpreters, out.Booths = slices.Clone(e.Interpreters), slices.Clone(e.Booths)
	out.Consultations = slices.Clone(e.Consultations)
	return &out
}

// identities map the ids of a draft's booths and parties to those they have in
// the event; the interpreter that is none is itself.
type identities struct {
	booths       map[schedule.BoothID]schedule.BoothID
	firms        map[schedule.FirmID]schedule.FirmID
	buyers       map[schedule.BuyerID]schedule.BuyerID
	interpreters map[schedule.InterpreterID]schedule.InterpreterID
}

// mergeParties takes the draft's booths and parties into an event.
func mergeParties(out, draft *schedule.Event) identities {
	var same identities
	out.Booths, same.booths = merge(out.Booths, draft.Booths, func(b schedule.Booth) (schedule.BoothID, string) { return b.ID, b.Name },
		func(was, now schedule.Booth) schedule.Booth { return was })
	out.Firms, same.firms = merge(out.Firms, draft.Firms, func(f schedule.Firm) (schedule.FirmID, string) { return f.ID, f.Name },
		func(was, now schedule.Firm) schedule.Firm {
			now.ID, now.Products, now.Contact = was.ID, said(now.Products, was.Products), keep(now.Contact, was.Contact)
			return now
		})
	out.Buyers, same.buyers = merge(out.Buyers, draft.Buyers, func(b schedule.Buyer) (schedule.BuyerID, string) { return b.ID, b.Name },
		func(was, now schedule.Buyer) schedule.Buyer {
			now.ID, now.StandBy, now.Contact = was.ID, was.StandBy, keep(now.Contact, was.Contact)
			return now
		})
	out.Interpreters, same.interpreters = merge(out.Interpreters, draft.Interpreters, func(i schedule.Interpreter) (schedule.InterpreterID, string) { return i.ID, i.Name },
		func(was, now schedule.Interpreter) schedule.Interpreter {
			now.ID, now.Place, now.Contact = was.ID, said(now.Place, was.Place), keep(now.Contact, was.Contact)
			return now
		})
	return same
}

// merge adds to all what of the draft is not there yet and updates the rest:
// the same are those of one name, or else of one id.
func merge[T any, ID ~string](all, draft []T, of func(T) (ID, string), update func(was, now T) T) ([]T, map[ID]ID) {
	byName, byID := make(map[string]int, len(all)), make(map[ID]int, len(all))
	note := func(i int, x T) {
		id, name := of(x)
		byName[foldName(name)], byID[id] = i, i
	}
	for i, x := range all {
		note(i, x)
	}
	same := make(map[ID]ID, len(draft))
	for _, x := range draft {
		id, name := of(x)
		i, known := byName[foldName(name)]
		if !known {
			i, known = byID[id]
		}
		if !known {
			i = len(all)
			all = append(all, x)
			note(i, x)
		}
		all[i] = update(all[i], x)
		same[id], _ = of(all[i])
	}
	return all, same
}

func said[S ~string](now, was S) S {
	if now == "" {
		return was
	}
	return now
}

func keep(now, was schedule.Contact) schedule.Contact {
	return schedule.Contact{
		Person: said(now.Person, was.Person), Company: said(now.Company, was.Company), Email: said(now.Email, was.Email),
		Phone: said(now.Phone, was.Phone), TradeOffice: said(now.TradeOffice, was.TradeOffice),
	}
}

// removeIdle takes out the booths and parties that no consultation has,
// cancelled ones included.
func removeIdle(e *schedule.Event) {
	used := make(map[string]bool)
	for _, c := range e.Consultations {
		used["b"+string(c.Booth)], used["f"+string(c.Firm)], used["y"+string(c.Buyer)], used["i"+string(c.Interpreter)] = true, true, true, true
	}
	e.Booths = slices.DeleteFunc(e.Booths, func(b schedule.Booth) bool { return !used["b"+string(b.ID)] })
	e.Firms = slices.DeleteFunc(e.Firms, func(f schedule.Firm) bool { return !used["f"+string(f.ID)] })
	e.Buyers = slices.DeleteFunc(e.Buyers, func(b schedule.Buyer) bool { return !used["y"+string(b.ID)] && !b.StandBy })
	e.Interpreters = slices.DeleteFunc(e.Interpreters, func(i schedule.Interpreter) bool { return !used["i"+string(i.ID)] })
}

// differences lists the fields of a consultation that change.
func differences(n schedule.Names, was, now schedule.Consultation) []FieldChange {
	var out []FieldChange
	differ := func(field, from, to string, differs bool) {
		if differs {
			out = append(out, FieldChange{field, from, to})
		}
	}
	differ("start", instant(was.Start), instant(now.Start), !was.Start.Equal(now.Start))
	differ("end", instant(was.End), instant(now.End), !was.End.Equal(now.End))
	differ("booth", n.Booths[was.Booth], n.Booths[now.Booth], was.Booth != now.Booth)
	differ("firm", n.Firms[was.Firm], n.Firms[now.Firm], was.Firm != now.Firm)
	differ("buyer", n.Buyers[was.Buyer], n.Buyers[now.Buyer], was.Buyer != now.Buyer)
	differ("interpreter", n.Interpreters[was.Interpreter], n.Interpreters[now.Interpreter], was.Interpreter != now.Interpreter)
	differ("cancelled", yesNo(was.Cancelled), yesNo(now.Cancelled), was.Cancelled != now.Cancelled)
	return out
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func yesNo(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// described is a booth or party as its fields.
type described struct {
	name   string
	fields map[string]string
}

func describe(e *schedule.Event, kind string) (ids []string, all map[string]described) {
	all = make(map[string]described)
	add := func(id, name string, c schedule.Contact, fields map[string]string) {
		maps.Copy(fields, map[string]string{"name": name, "person": c.Person, "company": c.Company, "email": c.Email, "phone": c.Phone, "trade_office": c.TradeOffice})
		ids = append(ids, id)
		all[id] = described{name, fields}
	}
	switch kind {
	case "booth":
		for _, b := range e.Booths {
			add(string(b.ID), b.Name, schedule.Contact{}, map[string]string{})
		}
	case "firm":
		for _, f := range e.Firms {
			add(string(f.ID), f.Name, f.Contact, map[string]string{"products": f.Products})
		}
	case "buyer":
		for _, b := range e.Buyers {
			add(string(b.ID), b.Name, b.Contact, map[string]string{"country": b.Country, "zone": b.Zone, "language": b.Language, "stand_by": yesNo(b.StandBy)})
		}
	case "interpreter":
		for _, i := range e.Interpreters {
			add(string(i.ID), i.Name, i.Contact, map[string]string{"languages": strings.Join(i.Languages, ","), "place": string(i.Place)})
		}
	}
	return ids, all
}

// partyChanges lists what happened to booths and parties.
func partyChanges(old, now *schedule.Event) []PartyChange {
	var out []PartyChange
	for _, kind := range []string{"booth", "firm", "buyer", "interpreter"} {
		were, before := describe(old, kind)
		are, after := describe(now, kind)
		for _, id := range are {
			was, known := before[id]
			if !known {
				out = append(out, PartyChange{Kind: kind, ID: id, Name: after[id].name, Op: "created"})
				continue
			}
			var fields []FieldChange
			for _, f := range slices.Sorted(maps.Keys(after[id].fields)) {
				if from, to := was.fields[f], after[id].fields[f]; from != to {
					fields = append(fields, FieldChange{f, from, to})
				}
			}
			if len(fields) > 0 {
				out = append(out, PartyChange{kind, id, after[id].name, "changed", fields})
			}
		}
		for _, id := range were {
			if _, still := after[id]; !still {
				out = append(out, PartyChange{Kind: kind, ID: id, Name: before[id].name, Op: "removed"})
			}
		}
	}
	return out
}
