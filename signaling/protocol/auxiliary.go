package protocol

import "time"

// Auxiliary is a device in a room that is nobody's presence: an encoder that
// shows a seat's close-up on the stage, or a screen that watches.
type Auxiliary struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind" set:"AuxiliaryKind"`
	Seat    string    `json:"seat,omitempty"`                      // whose it is; absent: a coordinator's
	Role    string    `json:"role,omitempty" set:"SeatRoleOrNone"` // of that seat
	Name    string    `json:"name"`
	Sources []string  `json:"sources" set:"AuxiliarySource"` // that come just now
	Since   time.Time `json:"since"`
}

// DeviceAccess is what a person types into devices that go by a link.
type DeviceAccess struct {
	Publish *DeviceDoor `json:"publish,omitempty"` // an encoder's (WHIP); absent: the link grants none
	Watch   *DeviceDoor `json:"watch,omitempty"`   // a wall screen's (WHEP)
}

// DeviceDoor is an address and the bearer token that opens it.
type DeviceDoor struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}
