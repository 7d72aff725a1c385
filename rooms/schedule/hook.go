package schedule

import "time"

// HookTopic is what a webhook is told about.
type HookTopic string

const (
	TopicRoom    HookTopic = "room"    // phases and extensions
	TopicSeat    HookTopic = "seat"    // who came, left, is away, is back
	TopicVerdict HookTopic = "verdict" // a coordinator's word on how it went
	TopicContact HookTopic = "contact" // somebody who is missing was called
)

// HookTopics lists all of them.
func HookTopics() []HookTopic { return []HookTopic{TopicRoom, TopicSeat, TopicVerdict, TopicContact} }

// Topic tells which topic an entry of the ledger is of; none: webhooks are not
// told.
func (k EntryKind) Topic() HookTopic {
	switch k {
	case EntryPhase, EntryExtended:
		return TopicRoom
	case EntrySeatJoined, EntrySeatLeft, EntrySeatAway, EntrySeatBack:
		return TopicSeat
	case EntryVerdict, EntryPaper:
		return TopicVerdict
	case EntryContact:
		return TopicContact
	}
	return ""
}

// Hook is a webhook: an address that is told what happens in an event. What it
// is signed with derives from the installation's key and is kept nowhere.
type Hook struct {
	ID        string      `json:"id"`
	URL       string      `json:"url"`
	Topics    []HookTopic `json:"topics"`
	CreatedAt time.Time   `json:"created_at"`
	CreatedBy string      `json:"created_by"`
	Disabled  bool        `json:"disabled,omitempty"`     // it answered 410
	Failing   time.Time   `json:"failing_since,omitzero"` // nothing has arrived since
}

// DeliveryState says what has become of a delivery.
type DeliveryState string

const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryGivenUp   DeliveryState = "given_up"
)

// Delivery is one message to a webhook. ID derives from hook and entry, so that
// whoever gets it twice can tell.
type Delivery struct {
	ID      string        `json:"id"`
	Hook    string        `json:"hook"`
	Topic   HookTopic     `json:"topic"`
	At      time.Time     `json:"at"`
	Payload string        `json:"payload"` // JSON, as it is signed
	Tries   int           `json:"tries"`
	Status  int           `json:"status"` // the last HTTP status; 0: nobody answered
	State   DeliveryState `json:"state"`
	NextAt  time.Time     `json:"next_at,omitzero"` // of a waiting one
}
