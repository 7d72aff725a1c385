package timetable

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sangdam/rooms/schedule"
)

// Op is a kind of change. The set is closed.
type Op string

const (
	OpCreate         Op = "create"          // Start, End, Booth, Firm, Buyer, Interpreter; Consultation may be empty
	OpReschedule     Op = "reschedule"      // Consultation, Start; an empty End keeps the length, an empty Booth the booth
	OpMoveBooth      Op = "move_booth"      // Consultation, Booth
	OpSwapBooths     Op = "swap_booths"     // Consultation, Other
	OpCancel         Op = "cancel"          // Consultation
	OpRestore        Op = "restore"         // Consultation
	OpSetInterpreter Op = "set_interpreter" // Consultation, Interpreter; empty: without one
	OpReplaceBuyer   Op = "replace_buyer"   // Consultation, Buyer
	OpAddStandBy     Op = "add_stand_by"    // NewBuyer, its ID and StandBy are ignored
	OpSetPolicy      Op = "set_policy"      // Policy, whole; zero fields mean the defaults
)

// Edit is one change of an event by a person.
type Edit struct {
	Op           Op                      `json:"op"`
	Consultation schedule.ConsultationID `json:"consultation,omitempty"`
	Other        schedule.ConsultationID `json:"other,omitempty"`
	Start        string                  `json:"start,omitempty"` // 2021-12-06T09:00 on the center's clock, or RFC 3339 with an offset
	End          string                  `json:"end,omitempty"`
	Booth        schedule.BoothID        `json:"booth,omitempty"`
	Firm         schedule.FirmID         `json:"firm,omitempty"`
	Buyer        schedule.BuyerID        `json:"buyer,omitempty"`
	Interpreter  schedule.InterpreterID  `json:"interpreter,omitempty"`
	NewBuyer     *schedule.Buyer         `json:"new_buyer,omitempty"`
	Policy       *schedule.Policy        `json:"policy,omitempty"`
	Live         bool                    `json:"live,omitempty"` // of OpMoveBooth: though people talk in it
}

// Summary is what an edit did, for the record.
type Summary struct {
	Op      Op                        `json:"op"`
	Created []schedule.ConsultationID `json:"created,omitempty"`
	Changed []Change                  `json:"changed,omitempty"`
	Parties []PartyChange             `json:"parties,omitempty"`
	Policy  []FieldChange             `json:"policy,omitempty"` // values as JSON
}

// Edited is what an edit makes of an event.
type Edited struct {
	Event     *schedule.Event `json:"-"`
	Conflicts []Conflict      `json:"conflicts"` // all that the event has now
	Fresh     []Conflict      `json:"fresh"`     // those that it had not before
	Summary   Summary         `json:"summary"`
}

// Apply makes one change. The event is not touched; the error is a *Refusal.
func Apply(e *schedule.Event, rooms Rooms, edit Edit) (Edited, error) {
	out := clone(e)
	if refused := change(out, rooms, edit); refused != nil {
		return Edited{}, refused
	}
	slices.SortStableFunc(out.Consultations, byStart)
	got := Edited{Event: out, Conflicts: Check(out), Summary: Summary{Op: edit.Op}}
	had := make(map[string]bool)
	for _, c := range Check(e) {
		had[c.key()] = true
	}
	for _, c := range got.Conflicts {
		if !had[c.key()] {
			got.Fresh = append(got.Fresh, c)
		}
	}
	got.Summary.compare(e, out)
	if s := got.Summary; len(s.Created)+len(s.Changed)+len(s.Parties)+len(s.Policy) == 0 {
		return Edited{}, refuse(RefusedUnchanged, edit.Consultation)
	}
	return got, nil
}

// compare fills a summary, and counts the consultations' changes in now.
func (s *Summary) compare(was, now *schedule.Event) {
	names := now.Names()
	maps.Copy(names.Buyers, was.Names().Buyers)
	before := make(map[schedule.ConsultationID]schedule.Consultation, len(was.Consultations))
	for _, c := range was.Consultations {
		before[c.ID] = c
	}
	for i, c := range now.Consultations {
		o, known := before[c.ID]
		if !known {
			s.Created = append(s.Created, c.ID)
			continue
		}
		if fields := differences(names, o, c); len(fields) > 0 {
			s.Changed = append(s.Changed, Change{Consultation: c.ID, Fields: fields})
			now.Consultations[i].Sequence = o.Sequence + 1
		}
	}
	s.Parties = partyChanges(was, now)
	from, to := fieldsOf(was.Policy), fieldsOf(now.Policy)
	for _, f := range slices.Sorted(maps.Keys(to)) {
		if string(from[f]) != string(to[f]) {
			s.Policy = append(s.Policy, FieldChange{f, string(from[f]), string(to[f])})
		}
	}
}

// fieldsOf takes a policy apart, defaults being the same as zero.
func fieldsOf(p schedule.Policy) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage)
	if b, err := json.Marshal(p.WithDefaults()); err == nil {
		_ = json.Unmarshal(b, &out) // it is an object: we have just made it
	}
	return out
}

func change(e *schedule.Event, rooms Rooms, edit Edit) *Refusal {
	switch edit.Op {
	case OpCreate:
		return create(e, edit)
	case OpAddStandBy:
		return addStandBy(e, edit.NewBuyer)
	case OpSetPolicy:
		return setPolicy(e, edit.Policy)
	case OpReschedule, OpMoveBooth, OpSwapBooths, OpCancel, OpRestore, OpSetInterpreter, OpReplaceBuyer:
	default:
		return refuse(RefusedOp, "")
	}
	if edit.Op == OpMoveBooth && edit.Live {
		return moveLive(e, rooms, edit)
	}
	c, refused := changeable(e, rooms, edit.Consultation, edit.Op == OpRestore)
	if refused != nil {
		return refused
	}
	switch edit.Op {
	case OpReschedule:
		if edit.Booth != "" {
			if refused := moveBooth(e, c, edit.Booth); refused != nil {
				return refused
			}
		}
		return reschedule(e, c, edit)
	case OpMoveBooth:
		return moveBooth(e, c, edit.Booth)
	case OpSwapBooths:
		other, refused := changeable(e, rooms, edit.Other, false)
		if refused != nil {
			return refused
		}
		c.Booth, other.Booth = other.Booth, c.Booth
	case OpCancel, OpRestore:
		c.Cancelled = edit.Op == OpCancel
	case OpSetInterpreter:
		if _, ok := e.Interpreter(edit.Interpreter); !ok && edit.Interpreter != "" {
			return refuse(RefusedInterpreter, c.ID)
		}
		c.Interpreter = edit.Interpreter
	case OpReplaceBuyer:
		i := slices.IndexFunc(e.Buyers, func(b schedule.Buyer) bool { return b.ID == edit.Buyer })
		if i < 0 {
			return refuse(RefusedBuyer, c.ID)
		}
		e.Buyers[i].StandBy = false
		c.Buyer = edit.Buyer
	}
	return nil
}

func moveBooth(e *schedule.Event, c *schedule.Consultation, to schedule.BoothID) *Refusal {
	if _, ok := e.Booth(to); !ok {
		return refuse(RefusedBooth, c.ID)
	}
	c.Booth = to
	return nil
}

// moveLive moves a consultation to another booth though people talk in it. In
// that booth nobody may: two firms cannot sit there.
func moveLive(e *schedule.Event, rooms Rooms, edit Edit) *Refusal {
	i := slices.IndexFunc(e.Consultations, func(c schedule.Consultation) bool { return c.ID == edit.Consultation })
	if i < 0 {
		return refuse(RefusedConsultation, edit.Consultation)
	}
	c := &e.Consultations[i]
	switch {
	case c.Cancelled:
		return refuse(RefusedCancelled, c.ID)
	case fixed(rooms, c.ID) == FixedEnded:
		return refuse(RefusedFixed, c.ID, "why", FixedEnded)
	}
	if _, ok := e.Booth(edit.Booth); !ok {
		return refuse(RefusedBooth, c.ID)
	}
	for _, o := range e.Consultations {
		if o.ID != c.ID && o.Booth == edit.Booth && !o.Cancelled && fixed(rooms, o.ID) == FixedLive {
			return refuse(RefusedBoothInUse, o.ID)
		}
	}
	c.Booth = edit.Booth
	return nil
}

// changeable finds a consultation that is neither live nor over, and is
// cancelled or not, as wanted.
func changeable(e *schedule.Event, rooms Rooms, id schedule.ConsultationID, cancelled bool) (*schedule.Consultation, *Refusal) {
	i := slices.IndexFunc(e.Consultations, func(c schedule.Consultation) bool { return c.ID == id })
	if i < 0 {
		return nil, refuse(RefusedConsultation, id)
	}
	c := &e.Consultations[i]
	why := fixed(rooms, id)
	switch {
	case why != "":
		return nil, refuse(RefusedFixed, id, "why", why)
	case c.Cancelled && !cancelled:
		return nil, refuse(RefusedCancelled, id)
	case !c.Cancelled && cancelled:
		return nil, refuse(RefusedNotCancelled, id)
	}
	return c, nil
}

func create(e *schedule.Event, edit Edit) *Refusal {
	id := edit.Consultation
	if id == "" {
		id = freeID(e)
	}
	if !schedule.ValidID(id) {
		return refuse(RefusedID, "")
	}
	if _, twice := e.Consultation(id); twice {
		return refuse(RefusedIDTwice, id)
	}
	c := schedule.Consultation{ID: id, Booth: edit.Booth, Firm: edit.Firm, Buyer: edit.Buyer, Interpreter: edit.Interpreter}
	if _, ok := e.Booth(c.Booth); !ok {
		return refuse(RefusedBooth, id)
	}
	if _, ok := e.Firm(c.Firm); !ok {
		return refuse(RefusedFirm, id)
	}
	b := slices.IndexFunc(e.Buyers, func(b schedule.Buyer) bool { return b.ID == c.Buyer })
	if b < 0 {
		return refuse(RefusedBuyer, id)
	}
	if _, ok := e.Interpreter(c.Interpreter); !ok && c.Interpreter != "" {
		return refuse(RefusedInterpreter, id)
	}
	if edit.End == "" {
		return refuse(RefusedTime, id, "value", "")
	}
	if refused := reschedule(e, &c, edit); refused != nil {
		return refused
	}
	e.Buyers[b].StandBy = false
	e.Consultations = append(e.Consultations, c)
	return nil
}

// freeID counts on in the way of the sample: S36 behind S35.
func freeID(e *schedule.Event) schedule.ConsultationID {
	for n := len(e.Consultations) + 1; ; n++ {
		id := schedule.ConsultationID(fmt.Sprintf("S%02d", n))
		if _, taken := e.Consultation(id); !taken {
			return id
		}
	}
}

func reschedule(e *schedule.Event, c *schedule.Consultation, edit Edit) *Refusal {
	length := c.End.Sub(c.Start)
	start, refused := moment(e, c.ID, edit.Start)
	if refused != nil {
		return refused
	}
	end := start.Add(length)
	if edit.End != "" {
		if end, refused = moment(e, c.ID, edit.End); refused != nil {
			return refused
		}
	}
	if !end.After(start) || end.Sub(start) > 24*time.Hour {
		return refuse(RefusedEnd, c.ID)
	}
	c.Start, c.End = start, end
	return nil
}

// moment reads a time on the center's clock, or one with an offset.
func moment(e *schedule.Event, id schedule.ConsultationID, s string) (time.Time, *Refusal) {
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		zone = time.UTC
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		if y := at.Year(); y < 2000 || y >= 2100 {
			return time.Time{}, refuse(RefusedTime, id, "value", shorten(s))
		}
		return at.UTC().Truncate(time.Minute), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04"} {
		wall, err := time.Parse(layout, s)
		if err != nil || wall.Year() < 2000 || wall.Year() >= 2100 {
			continue
		}
		if found := wallTime(wall, zone); len(found) > 0 {
			return found[0].UTC(), nil
		}
		return time.Time{}, refuse(RefusedTimeSkipped, id, "value", s, "zone", e.Zone)
	}
	return time.Time{}, refuse(RefusedTime, id, "value", shorten(s))
}

func addStandBy(e *schedule.Event, b *schedule.Buyer) *Refusal {
	bad := func(field string) *Refusal { return refuse(RefusedField, "", "field", field) }
	if b == nil {
		return bad("name")
	}
	n := *b
	n.Name = clean(n.Name)
	if n.Name == "" || utf8.RuneCountInString(n.Name) > maxCell || strings.ContainsFunc(n.Name, unicode.IsControl) {
		return bad("name")
	}
	n.Country = strings.ToUpper(clean(n.Country))
	if !isCountry(n.Country) {
		return bad("country")
	}
	if _, err := time.LoadLocation(n.Zone); err != nil || n.Zone == "" || n.Zone == "Local" {
		return bad("zone")
	}
	tag, ok := languageTag(n.Language)
	if !ok {
		return bad("language")
	}
	n.Language = tag
	if !isEmail(n.Email) && n.Email != "" {
		return bad("email")
	}
	n.ID, n.StandBy = schedule.BuyerID(opaque("y", n.Name)), true
	if slices.ContainsFunc(e.Buyers, func(o schedule.Buyer) bool { return o.ID == n.ID || foldName(o.Name) == foldName(n.Name) }) {
		return refuse(RefusedNameTwice, "")
	}
	e.Buyers = append(e.Buyers, n)
	return nil
}

// isEmail holds an address to one without a name, at a host with a dot.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && strings.Contains(s[strings.LastIndex(s, "@"):], ".")
}

func setPolicy(e *schedule.Event, p *schedule.Policy) *Refusal {
	bad := func(field string) *Refusal { return refuse(RefusedPolicy, "", "field", field) }
	if p == nil {
		return bad("policy")
	}
	for name, d := range map[string]time.Duration{
		"doors": p.Doors, "closing": p.Closing, "farewell": p.Farewell, "changeover": p.Changeover, "grace": p.Grace, "max_overrun": p.MaxOverrun,
		"short_under": p.ShortUnder, "gap": p.Gap, "late_after": p.LateAfter, "no_show_after": p.NoShowAfter, "call_after": p.CallAfter,
	} {
		if d < 0 || d > 24*time.Hour {
			return bad(name)
		}
	}
	for _, step := range p.Extensions {
		if step < time.Minute || step > 2*time.Hour || step%time.Minute != 0 {
			return bad("extensions")
		}
	}
	if p.Seats < 0 || p.Seats > 10 {
		return bad("seats")
	}
	for _, l := range p.Languages {
		if tag, ok := languageTag(l); !ok || tag != l {
			return bad("languages")
		}
	}
	e.Policy = *p
	if err := e.Validate(); err != nil {
		return bad(err.Error())
	}
	return nil
}
