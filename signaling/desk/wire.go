package desk

import (
	"fmt"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
	"sangdam/signaling/protocol"
)

// each maps a slice; the result is never nil.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

func text[S ~string](s S) string { return string(s) }

func outcome(revision int64) protocol.Outcome {
	return protocol.Outcome{
		Revision: revision, Problems: []protocol.TableProblem{}, Conflicts: []protocol.TimetableConflict{}, Plan: []protocol.PlanItem{},
	}
}

func wireTimetable(e *schedule.Event, states timetable.Rooms, conflicts []timetable.Conflict) protocol.Timetable {
	return protocol.Timetable{
		Revision: e.Revision,
		Event: protocol.EventInfo{
			ID: string(e.ID), Name: e.Name, Organiser: e.Organiser, Zone: e.Zone, Language: e.Language,
		},
		Policy: wirePolicy(e.Policy),
		Firms: each(e.Firms, func(f schedule.Firm) protocol.TimetableFirm {
			return protocol.TimetableFirm{ID: string(f.ID), Name: f.Name, Products: f.Products, Contact: protocol.Contact(f.Contact)}
		}),
		Buyers: each(e.Buyers, func(b schedule.Buyer) protocol.TimetableBuyer {
			return protocol.TimetableBuyer{
				ID: string(b.ID), Name: b.Name, Country: b.Country, Zone: b.Zone, Language: b.Language, StandBy: b.StandBy,
				Contact: protocol.Contact(b.Contact),
			}
		}),
		Interpreters: each(e.Interpreters, func(i schedule.Interpreter) protocol.TimetableSpeaker {
			return protocol.TimetableSpeaker{
				ID: string(i.ID), Name: i.Name, Languages: each(i.Languages, text), Place: string(i.Place), Contact: protocol.Contact(i.Contact),
			}
		}),
		Booths: each(e.Booths, func(b schedule.Booth) protocol.TimetableBooth {
			return protocol.TimetableBooth{ID: string(b.ID), Name: b.Name}
		}),
		Consultations: each(e.Consultations, func(c schedule.Consultation) protocol.TimetableItem {
			item := protocol.TimetableItem{
				ID: string(c.ID), StartsAt: c.Start.UTC(), EndsAt: c.End.UTC(), Booth: string(c.Booth), Firm: string(c.Firm),
				Buyer: string(c.Buyer), Interpreter: string(c.Interpreter), Cancelled: c.Cancelled, Phase: string(states[c.ID].Phase),
			}
			switch {
			case c.Cancelled:
				item.Phase = string(schedule.PhaseCancelled)
			case item.Phase == "": // the rooms have not taken it over yet
				item.Phase = string(schedule.PhaseScheduled)
			}
			return item
		}),
		Conflicts: each(conflicts, wireConflict),
	}
}

func wirePolicy(p schedule.Policy) protocol.Policy {
	p = p.WithDefaults()
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	return protocol.Policy{
		DoorsSeconds: seconds(p.Doors), GraceSeconds: seconds(p.Grace), GapSeconds: seconds(p.Gap),
		LateAfterSeconds: seconds(p.LateAfter), NoShowAfterSeconds: seconds(p.NoShowAfter), MaxOverrunSeconds: seconds(p.MaxOverrun),
		CallAfterSeconds: seconds(p.CallAfter), SilentListening: p.SilentListening,
		ExtensionMinutes: each(p.Extensions, func(d time.Duration) int { return int(d / time.Minute) }),
		Seats:            p.Seats, Languages: each(p.Languages, text),
	}
}

// policyOf lays what coordinators decide over the policy that there is.
func policyOf(was schedule.Policy, in protocol.Policy) *schedule.Policy {
	p := was
	seconds := func(n int64) time.Duration { return time.Duration(n) * time.Second }
	p.Doors, p.Grace, p.Gap = seconds(in.DoorsSeconds), seconds(in.GraceSeconds), seconds(in.GapSeconds)
	p.LateAfter, p.NoShowAfter, p.MaxOverrun = seconds(in.LateAfterSeconds), seconds(in.NoShowAfterSeconds), seconds(in.MaxOverrunSeconds)
	p.Extensions = each(in.ExtensionMinutes, func(n int) time.Duration { return time.Duration(n) * time.Minute })
	p.CallAfter, p.SilentListening = seconds(in.CallAfterSeconds), in.SilentListening
	p.Seats, p.Languages = in.Seats, in.Languages
	return &p
}

func editOf(e *schedule.Event, in protocol.EditRequest) timetable.Edit {
	edit := timetable.Edit{
		Op: timetable.Op(in.Op), Consultation: schedule.ConsultationID(in.Consultation), Other: schedule.ConsultationID(in.Other),
		Start: in.Start, End: in.End, Booth: schedule.BoothID(in.Booth), Firm: schedule.FirmID(in.Firm),
		Buyer: schedule.BuyerID(in.Buyer), Interpreter: schedule.InterpreterID(in.Interpreter), Live: in.Live,
	}
	if b := in.NewBuyer; b != nil {
		edit.NewBuyer = &schedule.Buyer{
			Name: b.Name, Country: b.Country, Zone: b.Zone, Language: b.Language, StandBy: true, Contact: schedule.Contact(b.Contact),
		}
	}
	if in.Policy != nil {
		edit.Policy = policyOf(e.Policy, *in.Policy)
	}
	return edit
}

func wireProblem(p timetable.Problem) protocol.TableProblem {
	return protocol.TableProblem{
		Row: p.Row, Column: p.Column, Code: string(p.Code), Value: p.Value, Params: p.Params, Warning: p.Warning,
	}
}

func wireConflict(c timetable.Conflict) protocol.TimetableConflict {
	return protocol.TimetableConflict{
		Code: string(c.Code), Consultations: each(c.Consultations, text), Party: c.Party, Column: c.Column, Rows: c.Rows, Params: c.Params,
	}
}

func conflictKey(c timetable.Conflict) string {
	return fmt.Sprint(c.Code, c.Consultations, c.Party, c.Column, c.Params) // maps print in order
}

func wireRefusal(r *timetable.Refusal) *protocol.Refusal {
	return &protocol.Refusal{Code: string(r.Code), Consultation: string(r.Consultation), Params: r.Params}
}

func wireDelay(e *schedule.Event, x timetable.Delay) protocol.Delay {
	c, _ := e.Consultation(x.Consultation)
	booth, _ := e.Booth(c.Booth)
	firm, _ := e.Firm(c.Firm)
	buyer, _ := e.Buyer(c.Buyer)
	return protocol.Delay{
		Consultation: string(x.Consultation), Booth: booth.Name, Firm: firm.Name, Buyer: buyer.Name, BuyerZone: buyer.Zone,
		Minutes: x.ByMinutes, StartsAt: x.Start.UTC(), EndsAt: x.End.UTC(), After: string(x.After), Why: each(x.Why, text),
	}
}

// PlanOf is what an import does, without what stays the same.
func PlanOf(c timetable.Changes) []schedule.EditChange {
	var out []schedule.EditChange
	if c.Zone != nil {
		out = append(out, schedule.EditChange{What: "event", Change: "changed", Fields: fieldsOf([]timetable.FieldChange{*c.Zone})})
	}
	out = append(out, consultations("created", c.Created)...)
	out = append(out, changes("changed", c.Changed)...)
	out = append(out, consultations("cancelled", c.Cancelled)...)
	out = append(out, changes("refused", c.Refused)...)
	return append(out, parties(c.Parties)...)
}

func summaryOf(s timetable.Summary) []schedule.EditChange {
	out := consultations("created", s.Created)
	out = append(out, changes("changed", s.Changed)...)
	out = append(out, parties(s.Parties)...)
	if len(s.Policy) > 0 {
		out = append(out, schedule.EditChange{What: "policy", Change: "changed", Fields: fieldsOf(s.Policy)})
	}
	return out
}

func consultations(change string, ids []schedule.ConsultationID) []schedule.EditChange {
	return each(ids, func(id schedule.ConsultationID) schedule.EditChange {
		return schedule.EditChange{What: "consultation", ID: string(id), Change: change}
	})
}

func changes(change string, all []timetable.Change) []schedule.EditChange {
	return each(all, func(c timetable.Change) schedule.EditChange {
		return schedule.EditChange{What: "consultation", ID: string(c.Consultation), Change: change, Fields: fieldsOf(c.Fields), Why: c.Why}
	})
}

func parties(all []timetable.PartyChange) []schedule.EditChange {
	return each(all, func(p timetable.PartyChange) schedule.EditChange {
		return schedule.EditChange{What: p.Kind, ID: p.ID, Name: p.Name, Change: p.Op, Fields: fieldsOf(p.Fields)}
	})
}

func fieldsOf(all []timetable.FieldChange) []schedule.EditField {
	return each(all, func(f timetable.FieldChange) schedule.EditField {
		return schedule.EditField{Field: f.Field, Before: f.From, After: f.To}
	})
}

func wirePlanItem(c schedule.EditChange) protocol.PlanItem {
	return protocol.PlanItem{
		What: c.What, ID: c.ID, Name: c.Name, Change: c.Change, Why: c.Why,
		Fields: each(c.Fields, func(f schedule.EditField) protocol.FieldChange { return protocol.FieldChange(f) }),
	}
}

func wireEdit(r schedule.EditRecord) protocol.EditRecord {
	return protocol.EditRecord{
		ID: r.ID, At: r.At.UTC(), By: r.By, Link: string(r.Link), Op: r.Op, Revision: r.Revision, Changes: each(r.Changes, wirePlanItem),
	}
}
