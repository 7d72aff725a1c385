package schedule

import (
	"strconv"
	"strings"
	"time"
)

// ContactOutcome is what came of calling somebody who is missing.
type ContactOutcome string

const (
	ContactCalled   ContactOutcome = "called"    // a message was left with somebody
	ContactNoAnswer ContactOutcome = "no_answer" // nobody answered
	ContactComing   ContactOutcome = "coming"    // will be here in Minutes
	ContactDeclined ContactOutcome = "declined"  // does not come
)

// ContactOutcomes lists all of them.
func ContactOutcomes() []ContactOutcome {
	return []ContactOutcome{ContactCalled, ContactNoAnswer, ContactComing, ContactDeclined}
}

// Contacted is one try to reach a party that is missing. It stands in the
// ledger as an EntryContact; Words are its words.
type Contacted struct {
	ID      string         `json:"id"` // of its entry
	At      time.Time      `json:"at"`
	By      string         `json:"by"`   // account or link
	Name    string         `json:"name"` // of the coordinator
	Role    Role           `json:"role"` // who was called
	Outcome ContactOutcome `json:"outcome"`
	Minutes int            `json:"minutes,omitempty"` // of coming
	Words   string         `json:"words,omitempty"`
}

// ExpectedAt is when somebody who is coming should be here; zero for another outcome.
func (c Contacted) ExpectedAt() time.Time {
	if c.Outcome != ContactComing {
		return time.Time{}
	}
	return c.At.Add(time.Duration(c.Minutes) * time.Minute)
}

// Detail is how it stands in the ledger: the outcome, and after a space the minutes.
func (c Contacted) Detail() string {
	if c.Outcome == ContactComing {
		return string(c.Outcome) + " " + strconv.Itoa(c.Minutes)
	}
	return string(c.Outcome)
}

// ReadContacted reads an EntryContact; the name is for who knows the accounts.
func ReadContacted(e Entry) Contacted {
	outcome, minutes, _ := strings.Cut(e.Detail, " ")
	n, _ := strconv.Atoi(minutes) // not a number: not coming
	_, role := e.Seat.Split()
	return Contacted{ID: e.ID, At: e.At, By: e.By, Role: role, Outcome: ContactOutcome(outcome), Minutes: n, Words: e.Words}
}

// Carer is the coordinator who takes care of a room.
type Carer struct {
	By    string    `json:"by"` // account or link
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}
