package schedule

import (
	"slices"
	"time"
)

// AlertKind says what is wrong with a consultation.
type AlertKind string

const (
	AlertLate   AlertKind = "late"    // somebody is not here, LateAfter the Start
	AlertNoShow AlertKind = "no_show" // a side is not here, NoShowAfter the Start
)

// Alert tells coordinators that somebody is missing. It is over when they come.
type Alert struct {
	Kind     AlertKind `json:"kind"`
	Roles    []Role    `json:"roles"` // who is missing, in the order of Consultation.Seats
	Since    time.Time `json:"since"` // when the alert was due
	Proposed Verdict   `json:"proposed,omitempty"`

	CallAt     time.Time `json:"call_at,omitzero"`     // of late: from then on coordinators are shown how to reach them
	ExpectedAt time.Time `json:"expected_at,omitzero"` // all who are missing said that they come, the last one then; gone when that has passed
}

// Alerts tells who of a consultation is missing at the time now, and the next
// instant after now at which time alone may change that; zero is never. came
// lists the roles that are here or were since Start: who left again is not
// late. contacts, oldest first, are what those said who were called: the last
// word of a role counts. An ended consultation keeps its no-show, until a
// coordinator confirms or corrects it.
func (c Consultation) Alerts(p Policy, k Clock, came []Role, contacts []Contacted, now time.Time) (alerts []Alert, next time.Time) {
	if k.Phase == PhaseCancelled {
		return nil, time.Time{}
	}
	p = p.WithDefaults()
	lateAt, noShowAt := c.Start.Add(p.LateAfter), c.Start.Add(p.NoShowAfter)
	ended := k.Phase == PhaseEnded
	var late, noShow []Role
	for _, seat := range c.Seats() {
		_, role := seat.Split()
		if slices.Contains(came, role) {
			continue
		}
		side := role == RoleFirm || role == RoleBuyer
		switch {
		case side && (ended || !now.Before(noShowAt)):
			noShow = append(noShow, role)
		case !ended && !now.Before(lateAt):
			late = append(late, role)
		}
		for _, at := range []time.Time{lateAt, noShowAt} {
			if !ended && at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	if noShow != nil {
		alerts = append(alerts, Alert{
			Kind: AlertNoShow, Roles: noShow, Since: noShowAt,
			Proposed: NoShow(slices.Contains(noShow, RoleFirm), slices.Contains(noShow, RoleBuyer)),
		})
	}
	if late != nil {
		alerts = append(alerts, Alert{Kind: AlertLate, Roles: late, Since: lateAt, CallAt: c.Start.Add(p.CallAfter)})
	}
	for i, a := range alerts {
		if at := expected(a.Roles, contacts); !ended && at.After(now) {
			alerts[i].ExpectedAt = at
			if next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	return alerts, next
}

// expected is when the last of some roles said to be here; zero when not all
// said so.
func expected(roles []Role, contacts []Contacted) (last time.Time) {
	for _, r := range roles {
		var at time.Time
		for _, said := range contacts {
			if said.Role == r {
				at = said.ExpectedAt()
			}
		}
		if at.IsZero() {
			return time.Time{}
		}
		last = later(last, at)
	}
	return last
}
