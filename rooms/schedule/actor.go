package schedule

import "cmp"

// Actor is a coordinator who does something: By stands in the ledger (an
// account or a link), Name is for people.
type Actor struct {
	By   string
	Name string
}

// Actor is who acts with a console's grants; without a name of its own it
// speaks for the organiser.
func (g Grants) Actor(e *Event) Actor {
	return Actor{By: g.By(), Name: cmp.Or(g.Name, e.Organiser, e.Name)}
}
