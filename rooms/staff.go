package rooms

import (
	"cmp"
	"slices"
	"time"

	"sangdam/rooms/schedule"
)

// StaffHere is a coordinator whose console is open now.
type StaffHere struct {
	ID    string // schedule.Actor's By
	Name  string
	Right schedule.Right
	Since time.Time
	Rooms int                     // that are not over and taken care of
	Helps schedule.ConsultationID // listens or speaks there; empty: nowhere
}

// staff lists whose consoles are open, each once, by when they came; mu is held.
func (b *board) staff() []StaffHere {
	all := []StaffHere{}
	for w := range b.watchers {
		if w.req.Actor.By == "" {
			continue
		}
		at := slices.IndexFunc(all, func(s StaffHere) bool { return s.ID == w.req.Actor.By })
		if at < 0 {
			all = append(all, StaffHere{ID: w.req.Actor.By, Name: w.req.Actor.Name, Right: w.req.Right, Since: w.since})
			continue
		}
		if s := &all[at]; w.since.Before(s.Since) {
			s.Since = w.since
		}
		if s := &all[at]; w.req.Right.Covers(s.Right) {
			s.Right = w.req.Right
		}
	}
	for _, c := range b.event.Consultations {
		row, ok := b.rows[c.ID]
		if !ok || row.over() {
			continue
		}
		for i := range all {
			if row.Care != nil && row.Care.By == all[i].ID {
				all[i].Rooms++
			}
			if slices.ContainsFunc(row.Helpers, func(h Helper) bool { return h.By == all[i].ID }) {
				all[i].Helps = c.ID
			}
		}
	}
	slices.SortFunc(all, func(a, b StaffHere) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return all
}

// tellStaff tells who is here when that differs; mu is held.
func (b *board) tellStaff() { b.tellStaffBut(nil) }

// tellStaffBut leaves one out, who is about to get the whole board.
func (b *board) tellStaffBut(but *Watch) {
	all := b.staff()
	if slices.Equal(all, b.staffTold) {
		return
	}
	b.staffTold = all
	for w, watcher := range b.watchers {
		if w != but {
			watcher.StaffChanged(all)
		}
	}
}
