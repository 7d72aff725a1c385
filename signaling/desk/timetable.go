package desk

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

// Timetable is the event as its coordinators see it.
func (d *Desk) Timetable(ctx context.Context, by schedule.Grants) (protocol.Timetable, error) {
	e, states, err := d.present(ctx, by)
	if err != nil {
		return protocol.Timetable{}, err
	}
	t := wireTimetable(e, states, timetable.Check(e))
	if !reaches(by) {
		for i := range t.Firms {
			t.Firms[i].Contact = protocol.Contact{}
		}
		for i := range t.Buyers {
			t.Buyers[i].Contact = protocol.Contact{}
		}
		for i := range t.Interpreters {
			t.Interpreters[i].Contact = protocol.Contact{}
		}
	}
	return t, nil
}

// reaches tells whether somebody is told how to reach people. Who only looks
// calls nobody and needs no number (GDPR, article 5, paragraph 1 c).
func reaches(by schedule.Grants) bool {
	return by.May(schedule.RightCoordinator) || slices.Contains(by.Scopes, schedule.ScopeTimetable)
}

// aboutContacts tells whether a field of a change is part of a contact.
func aboutContacts(field string) bool {
	return slices.Contains([]string{"person", "company", "email", "phone", "trade_office"}, field)
}

func (d *Desk) present(ctx context.Context, by schedule.Grants) (*schedule.Event, timetable.Rooms, error) {
	e, err := d.event(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	states, err := d.deps.Rooms.States(by.Event)
	if err != nil {
		return nil, nil, fail(err)
	}
	return e, states, nil
}

// Import compares a file with the timetable and, unless it is a dry run,
// applies it. With a problem that is no warning nothing is applied; consultations
// that are live or over are left as they are, and told.
func (d *Desk) Import(ctx context.Context, by schedule.Grants, in api.Upload) (protocol.Outcome, error) {
	if err := d.limit(d.files, string(by.Event)); err != nil {
		return protocol.Outcome{}, err
	}
	e, states, err := d.present(ctx, by)
	if err != nil {
		return protocol.Outcome{}, err
	}
	draft, problems := timetable.Import(in.File, in.Name)
	out := outcome(e.Revision)
	out.Problems = each(problems, wireProblem)
	if draft == nil {
		return out, nil
	}
	if !in.DryRun && in.Revision != e.Revision {
		return protocol.Outcome{}, protocol.Fail(protocol.CodeConflict)
	}
	next, changes := timetable.Plan(e, draft.Event, states)
	conflicts := draft.Locate(timetable.Check(next))
	out.Conflicts = each(conflicts, wireConflict)
	plan := PlanOf(changes)
	out.Plan, out.Same = each(plan, wirePlanItem), len(changes.Unchanged)
	switch {
	case in.DryRun:
		return out, nil
	case changes.Empty():
		out.Applied = true
		return out, nil
	}
	if err := d.apply(ctx, next, d.record(e, by, "import", plan)); err != nil {
		return protocol.Outcome{}, err
	}
	out.Applied, out.Revision = true, next.Revision
	d.act(e, by, schedule.ActionEdit, "", edited("import", next), in.Reason)
	return out, nil
}

// edited is how an edit stands in the ledger.
func edited(op string, e *schedule.Event) string {
	return op + " " + strconv.FormatInt(e.Revision, 10)
}

// Edit makes one change, unless it is a dry run.
func (d *Desk) Edit(ctx context.Context, by schedule.Grants, in protocol.EditRequest, dryRun bool) (_ protocol.Outcome, err error) {
	defer func() { d.suffers(by, schedule.ConsultationID(in.Consultation), err) }()
	e, states, err := d.present(ctx, by)
	if err != nil {
		return protocol.Outcome{}, err
	}
	if !dryRun && in.Revision != e.Revision {
		return protocol.Outcome{}, protocol.Fail(protocol.CodeConflict)
	}
	out := outcome(e.Revision)
	done, err := timetable.Apply(e, states, editOf(e, in))
	if refused, ok := errors.AsType[*timetable.Refusal](err); ok {
		out.Refusal = wireRefusal(refused)
		out.Conflicts = each(timetable.Check(e), wireConflict)
		return out, nil
	}
	if err != nil {
		return protocol.Outcome{}, err
	}
	fresh := map[string]bool{}
	for _, c := range done.Fresh {
		fresh[conflictKey(c)] = true
	}
	out.Conflicts = each(done.Conflicts, func(c timetable.Conflict) protocol.TimetableConflict {
		w := wireConflict(c)
		w.New = fresh[conflictKey(c)]
		return w
	})
	plan := summaryOf(done.Summary)
	out.Plan = each(plan, wirePlanItem)
	if dryRun {
		return out, nil
	}
	if err := d.apply(ctx, done.Event, d.record(e, by, in.Op, plan)); err != nil {
		return protocol.Outcome{}, err
	}
	out.Applied, out.Revision = true, done.Event.Revision
	d.act(e, by, schedule.ActionEdit, schedule.ConsultationID(in.Consultation), edited(in.Op, done.Event), in.Reason)
	switch timetable.Op(in.Op) {
	case timetable.OpMoveBooth:
		d.moved(ctx, e, by, schedule.ConsultationID(in.Consultation))
	case timetable.OpSwapBooths:
		d.moved(ctx, e, by, schedule.ConsultationID(in.Consultation), schedule.ConsultationID(in.Other))
	}
	return out, nil
}

func (d *Desk) moved(ctx context.Context, e *schedule.Event, by schedule.Grants, all ...schedule.ConsultationID) {
	if d.deps.Moved != nil {
		d.deps.Moved(ctx, e.ID, by.Actor(e), all...)
	}
}

// Extend prolongs a consultation and moves those that it delays; a dry run only
// tells whom.
func (d *Desk) Extend(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.ExtendRequest, dryRun bool) (_ protocol.Extension, err error) {
	defer func() { d.suffers(by, c, err) }()
	e, states, err := d.present(ctx, by)
	if err != nil {
		return protocol.Extension{}, err
	}
	if !dryRun && in.Revision != e.Revision {
		return protocol.Extension{}, protocol.Fail(protocol.CodeConflict)
	}
	out := protocol.Extension{Revision: e.Revision, Delays: []protocol.Delay{}}
	ext, next, err := timetable.Extend(e, states, c, in.Minutes)
	if refused, ok := errors.AsType[*timetable.Refusal](err); ok {
		out.Refusal = wireRefusal(refused)
		if on, ok := e.Consultation(c); ok {
			out.EndsAt = later(on.End, states[c].ExtendedTo).UTC()
		}
		return out, nil
	}
	if err != nil {
		return protocol.Extension{}, err
	}
	out.EndsAt = ext.To.UTC()
	out.Delays = each(ext.Delays, func(x timetable.Delay) protocol.Delay { return wireDelay(e, x) })
	if dryRun {
		return out, nil
	}
	before, _ := e.Consultation(c)
	changes := []schedule.EditChange{{
		What: "consultation", ID: string(c), Change: "changed",
		Fields: []schedule.EditField{{Field: "ends_at", Before: stamp(later(before.End, states[c].ExtendedTo)), After: stamp(ext.To)}},
	}}
	for _, x := range ext.Delays {
		was, _ := e.Consultation(x.Consultation)
		changes = append(changes, schedule.EditChange{
			What: "consultation", ID: string(x.Consultation), Change: "changed",
			Fields: []schedule.EditField{{Field: "start", Before: stamp(was.Start), After: stamp(x.Start)}, {Field: "end", Before: stamp(was.End), After: stamp(x.End)}},
		})
	}
	// Those behind move first: the rooms must not believe for a moment that
	// somebody is needed elsewhere. Even with nobody to move the revision counts
	// on, so that of two who extend at once one sees the preview again.
	if err := d.apply(ctx, next, d.record(e, by, "extend", changes)); err != nil {
		return protocol.Extension{}, err
	}
	if err := d.deps.Rooms.Extend(ctx, e.ID, c, ext.To); err != nil {
		d.takeBack(ctx, e, next.Revision)
		return protocol.Extension{}, fail(err)
	}
	d.act(e, by, schedule.ActionExtend, c, strconv.Itoa(in.Minutes), in.Reason)
	out.Applied, out.Revision = true, next.Revision
	return out, nil
}

// suffers tells the rooms of a consultation that could not be steered because
// the store is away.
func (d *Desk) suffers(by schedule.Grants, c schedule.ConsultationID, err error) {
	if f, ok := errors.AsType[*protocol.Fault](err); ok && f.Code == protocol.CodeUnavailable && c != "" {
		d.deps.Rooms.Refused(by.Event, c)
	}
}

// takeBack restores a timetable whose change turned out to be for nothing; the
// record keeps both.
func (d *Desk) takeBack(ctx context.Context, e *schedule.Event, revision int64) {
	was := *e
	was.Revision = revision
	err := d.deps.Store.ChangeEvent(ctx, &was, schedule.EditRecord{
		At: d.now(), By: "Sangdam", Op: "extend", Changes: []schedule.EditChange{{What: "event", ID: string(e.ID), Change: "refused"}},
	})
	if err == nil {
		err = d.deps.Rooms.Reload(ctx, e.ID)
	}
	if err != nil {
		d.deps.Logger.Error("an extension was not taken back", "event", e.ID, "err", err)
	}
}

// Verdict is a coordinator's word on a consultation.
func (d *Desk) Verdict(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.VerdictRequest) (protocol.VerdictRecord, error) {
	e, states, err := d.present(ctx, by)
	if err != nil {
		return protocol.VerdictRecord{}, err
	}
	reason := clean(in.Reason)
	v := schedule.Verdict(in.Verdict)
	if v == schedule.VerdictByPhone && reason == "" {
		return protocol.VerdictRecord{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "held by phone: how is it known?"}
	}
	if in.Verdict == pendingVerdict {
		v = ""
	}
	if err := d.deps.Rooms.Verdict(ctx, e.ID, c, v, by.By(), reason); err != nil {
		return protocol.VerdictRecord{}, fail(err)
	}
	was := string(states[c].Verdict)
	if was == "" {
		was = pendingVerdict
	}
	r := d.record(e, by, "verdict", []schedule.EditChange{{
		What: "consultation", ID: string(c), Change: "changed", Fields: []schedule.EditField{{Field: "verdict", Before: was, After: in.Verdict}},
	}})
	d.note(ctx, e.ID, r)
	return protocol.VerdictRecord{Consultation: string(c), Verdict: in.Verdict, By: r.By, At: r.At}, nil
}

const pendingVerdict = "pending"

// note records a change that is done already: that it could not be recorded is
// no reason to tell the person that it failed.
func (d *Desk) note(ctx context.Context, e schedule.EventID, r schedule.EditRecord) {
	if err := d.deps.Store.AddEdit(ctx, e, r); err != nil {
		d.deps.Logger.Error("a change was not recorded", "event", e, "op", r.Op, "link", r.Link, "err", err)
	}
}

// editID is how the store names the records of changes.
var editID = regexp.MustCompile(`^[0-9]{1,20}-[0-9]{1,20}$`)

// Edits is the record of who changed what, a page of it.
func (d *Desk) Edits(ctx context.Context, by schedule.Grants, before string, limit int) (protocol.EditLog, error) {
	if before != "" && !editID.MatchString(before) {
		return protocol.EditLog{}, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "before is no id of a change"}
	}
	all, err := d.deps.Store.Edits(ctx, by.Event, before, limit)
	if err != nil {
		return protocol.EditLog{}, fail(err)
	}
	out := protocol.EditLog{Edits: each(all, wireEdit)}
	for _, r := range out.Edits {
		for _, c := range r.Changes {
			for i := range c.Fields {
				if f := &c.Fields[i]; !reaches(by) && aboutContacts(f.Field) {
					f.Before, f.After = "", ""
				}
			}
		}
	}
	if len(all) == limit && limit > 0 {
		out.Next = all[len(all)-1].ID
	}
	return out, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
