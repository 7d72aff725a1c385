package rooms

import (
	"context"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// SteerAction is what a coordinator does to one person.
type SteerAction string

const (
	SteerMute       SteerAction = "mute" // Source
	SteerRemove     SteerAction = "remove"
	SteerAdmit      SteerAction = "admit"
	SteerDevices    SteerAction = "devices"
	SteerMicrophone SteerAction = "microphone" // Device, as the two that follow
	SteerCamera     SteerAction = "camera"
	SteerSpeaker    SteerAction = "speaker"
	SteerGain       SteerAction = "gain" // Gain
	SteerDiagnose   SteerAction = "diagnose"
)

// SteerRequest is what a coordinator wants of one person.
type SteerRequest struct {
	Event        schedule.EventID
	Session      string // of the console: its Watcher is told what comes back
	Actor        schedule.Actor
	Key          string // the console's own name of the request; one that is repeated is not done twice
	Action       SteerAction
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Source       sfu.Source
	Device       string
	Gain         int // percent
	Reason       string
}

// OrderKind is what a browser is to do.
type OrderKind string

const (
	OrderMute       OrderKind = "mute"
	OrderDevices    OrderKind = "devices"
	OrderMicrophone OrderKind = "microphone"
	OrderCamera     OrderKind = "camera"
	OrderSpeaker    OrderKind = "speaker"
	OrderGain       OrderKind = "gain"
	OrderDiagnose   OrderKind = "diagnose"
	OrderComeIn     OrderKind = "come_in" // to who waits in the lobby
)

// Order is what a coordinator wants of a browser.
type Order struct {
	ID     string
	Kind   OrderKind
	By     string // the coordinator's name
	Source sfu.Source
	Device string
	Gain   int
}

// FailedGone is OrderReport.Failed of an order whose person is gone, or that
// nobody answered.
const FailedGone = "gone"

// OrderReport is a browser's answer to an Order.
type OrderReport struct {
	Order  string // its ID
	Answer any    // devices or diagnostics: the edge's own, passed on unread
	Failed string // why it could not be done; empty: it was
}

// Report is an answer on its way to the console that steered.
type Report struct {
	Key          string // of the SteerRequest
	Consultation schedule.ConsultationID
	Seat         schedule.SeatID
	Answer       any
	Failed       string
}

// Steer does something to one person of a consultation, or asks their browser
// for something. ErrGone: nobody is there; ErrFull: too many orders wait for an
// answer.
func (g *Registry) Steer(ctx context.Context, req SteerRequest) error {
	return ErrUnavailable
}

// Admit lets a person come in who was removed before, and calls in whoever
// waits for the seat in the lobby.
func (g *Registry) Admit(ctx context.Context, event schedule.EventID, seat schedule.SeatID, by schedule.Actor) error {
	return ErrUnavailable
}

// Report is a browser's answer to an Order. It goes to the Watcher that
// steered; one that nobody waits for is dropped.
func (g *Registry) Report(event schedule.EventID, seat schedule.SeatID, session string, r OrderReport) {
}
