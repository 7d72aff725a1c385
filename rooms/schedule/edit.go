package schedule

import "time"

// EditRecord is one change of an event that was applied: who changed what.
type EditRecord struct {
	ID       string       `json:"-"` // given by the store; later ones are higher
	At       time.Time    `json:"at"`
	By       string       `json:"by"`             // name of the coordinator
	Link     LinkID       `json:"link,omitempty"` // whose link it was; empty: the command line
	Op       string       `json:"op"`
	Revision int64        `json:"revision"` // of the timetable after it
	Changes  []EditChange `json:"changes"`
}

// EditChange is one thing that was made, changed or taken away.
type EditChange struct {
	What   string      `json:"what"` // consultation, firm, buyer, link, …
	ID     string      `json:"id"`
	Name   string      `json:"name,omitempty"`
	Change string      `json:"change"` // created, changed, cancelled, removed, refused
	Fields []EditField `json:"fields,omitempty"`
	Why    string      `json:"why,omitempty"` // of a refused one
}

// EditField is one field before and after.
type EditField struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}
