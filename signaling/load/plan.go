package load

import (
	"errors"
	"fmt"
	"time"
)

// Profile is what people publish.
type Profile string

const (
	Simulcast Profile = "simulcast" // microphone, and a camera in three layers
	Screen    Profile = "screen"    // the same, and the firm of each room shows its screen
	Audio     Profile = "audio"     // microphones alone
)

// The sources as the wire calls them.
const (
	microphone = "microphone"
	camera     = "camera"
	screen     = "screen"
)

const (
	// MaxRooms bounds an event of practice.
	MaxRooms = 1000
	// maxPeople meet in a room (design: "One offer, ever").
	maxPeople = 8
	// maxRamp is how many people an address may send a second: more are told to
	// wait (PROTOCOL.md, "Limits").
	maxRamp = 20
)

// Plan says who comes and what they do.
type Plan struct {
	Rooms    int           `json:"rooms"`
	People   int           `json:"people"` // a room
	Profile  Profile       `json:"profile"`
	Rate     float64       `json:"rate"`      // factor of the bit rate of pictures: 1 is what a browser sends
	Ramp     float64       `json:"ramp"`      // people a second who come
	Window   time.Duration `json:"window"`    // how long is measured, in nanoseconds
	Settle   time.Duration `json:"settle"`    // from the last one's coming until then
	LossUp   float64       `json:"loss_up"`   // 0 to 1: lost on the way to the server
	LossDown float64       `json:"loss_down"` // and from it
	Changes  float64       `json:"changes"`   // what each person changes a minute while it is measured
	Seed     uint64        `json:"seed"`
}

// Check tells what no crowd can be made of.
func (p Plan) Check() error {
	var errs []error
	between := func(name string, v, least, most float64) {
		if !(v >= least && v <= most) {
			errs = append(errs, fmt.Errorf("%s: %v is not between %v and %v", name, v, least, most))
		}
	}
	between("rooms", float64(p.Rooms), 1, MaxRooms)
	between("people", float64(p.People), 1, maxPeople)
	between("rate", p.Rate, 0.01, 4)
	between("ramp", p.Ramp, 0.1, maxRamp)
	between("changes", p.Changes, 0, 60)
	between("loss up", p.LossUp, 0, 0.5)
	between("loss down", p.LossDown, 0, 0.5)
	if p.Window <= 0 || p.Settle < 0 {
		errs = append(errs, errors.New("duration: there is nothing to measure"))
	}
	switch p.Profile {
	case Simulcast, Screen, Audio:
	default:
		errs = append(errs, fmt.Errorf("profile: %q is none of simulcast, screen and audio", p.Profile))
	}
	return errors.Join(errs...)
}

// sources are what the nth person of a room publishes; the first is the firm.
func (p Plan) sources(n int) []string {
	switch {
	case p.Profile == Audio:
		return []string{microphone}
	case p.Profile == Screen && n == 0:
		return []string{microphone, camera, screen}
	}
	return []string{microphone, camera}
}

// pause is the time from one person's coming to the next one's.
func (p Plan) pause() time.Duration { return time.Duration(float64(time.Second) / p.Ramp) }
