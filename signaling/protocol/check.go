package protocol

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// check holds values to their bounds and closed sets.
func check(body any) error {
	switch b := body.(type) {
	case *Hello:
		return errors.Join(
			text("token", b.Token, 1, maxID),
			oneOf("profile", b.Profile, "Profile"),
			text("offer", b.Offer, 0, MaxOffer),
			oneOf("path", b.Path, "PathProfileOrNone"),
			text("language", b.Language, 0, maxLanguage),
		)
	case *Resume:
		return errors.Join(text("session", b.Session, 1, maxID), text("secret", b.Secret, 1, maxID))
	case *Restart:
		return checkRestart(b)
	case *Probe:
		return errors.Join(text("offer", b.Offer, 1, MaxOffer), oneOf("route", b.Route, "ProbeRoute"))
	case *Join:
		err := text("consultation", b.Consultation, 1, maxID)
		if len(b.Sources) > maxSources {
			return errors.Join(err, errors.New("sources: too many"))
		}
		for _, s := range b.Sources {
			err = errors.Join(err, oneOf("sources", s, "SourceName"))
		}
		return err
	case *SetSource:
		err := oneOf("source", b.Source, "SourceName")
		if b.Resting && !b.On {
			err = errors.Join(err, errors.New("resting: of a source that is on"))
		}
		return err
	case *Say:
		if utf8.RuneCountInString(b.Text) > MaxText {
			return errors.New("text: too long")
		}
		return errors.Join(text("key", b.Key, 1, maxID), text("text", b.Text, 1, MaxMessage))
	case *Wait:
		return text("consultation", b.Consultation, 1, maxID)
	case *SendNote:
		if utf8.RuneCountInString(b.Text) > MaxText {
			return errors.New("text: too long")
		}
		return errors.Join(
			text("to", b.To, 0, 2*maxID),
			text("key", b.Key, 1, maxID),
			text("text", b.Text, 1, MaxMessage),
		)
	case *Seen:
		return text("note", b.Note, 1, maxID)
	case *Health:
		return errors.Join(
			oneOf("microphone", b.Microphone, "MicrophoneHealth"),
			oneOf("camera", b.Camera, "CameraHealth"),
			between("level", b.Level, 1),
			between("rtt_ms", b.RTTMS, maxRTTMS),
			between("loss", b.Loss, 1),
		)
	case *ShowRooms:
		return checkRooms(b)
	case *Help:
		return checkHelp(b)
	case *Steer:
		return checkSteer(b)
	case *TellVitals:
		return checkVitals(b)
	case *SendReport:
		return checkReport(b)
	case *Tiles:
		return checkTiles(b)
	}
	return nil
}

func checkTiles(b *Tiles) error {
	if len(b.Sizes) > maxPairs {
		return errors.New("sizes: too many")
	}
	var err error
	told := [maxPairs]bool{}
	for _, s := range b.Sizes {
		err = errors.Join(err, slot("slot", s.Slot))
		if s.Height != 90 && s.Height != 180 && s.Height != 360 && s.Height != 720 {
			err = errors.Join(err, errors.New("height: not one of the heights"))
		}
		if err != nil {
			return err
		}
		if told[s.Slot] {
			return errors.New("slot: told twice")
		}
		told[s.Slot] = true
	}
	if b.Focused != nil {
		err = slot("focused", *b.Focused)
	}
	return err
}

func slot(field string, n int) error {
	if n < 0 || n >= maxPairs {
		return fmt.Errorf("%s: no pair", field)
	}
	return nil
}

func checkRestart(b *Restart) error {
	err := errors.Join(text("offer", b.Offer, 1, MaxOffer), oneOf("path", b.Path, "PathProfileOrNone"))
	if b.Path != "" && !b.Rebuild {
		err = errors.Join(err, errors.New("path: of a rebuild, and of nothing else"))
	}
	return err
}

func checkRooms(b *ShowRooms) error {
	err := text("large", b.Large, 0, maxID)
	if len(b.Rooms) > MaxWall {
		return errors.Join(err, errors.New("rooms: too many"))
	}
	for _, r := range b.Rooms {
		err = errors.Join(err, text("rooms", r, 1, maxID))
	}
	return err
}

// checkHelp wants a room of whoever begins, and a side of whoever speaks alone:
// to listen is to hear all.
func checkHelp(b *Help) error {
	least := 1
	if b.Mode == "quiet" {
		least = 0
	}
	err := errors.Join(
		text("consultation", b.Consultation, least, maxID),
		oneOf("mode", b.Mode, "HelpMode"),
		oneOf("to", b.To, "SeatRoleOrNone"),
	)
	if b.To != "" && b.Mode != "speak" {
		err = errors.Join(err, errors.New("to: only who speaks whispers"))
	}
	return err
}

func checkSteer(b *Steer) error {
	err := errors.Join(
		text("key", b.Key, 1, maxID),
		oneOf("action", b.Action, "SteerAction"),
		text("consultation", b.Consultation, 1, maxID),
		text("seat", b.Seat, 1, maxSeat),
		oneOf("source", b.Source, "SourceNameOrNone"),
		text("device", b.Device, 0, maxDevice),
		characters("reason", b.Reason, MaxReason),
	)
	if (b.Action == "mute") != (b.Source != "") {
		err = errors.Join(err, errors.New("source: of mute, and of nothing else"))
	}
	chooses := b.Action == "microphone" || b.Action == "camera" || b.Action == "speaker"
	if chooses != (b.Device != "") {
		err = errors.Join(err, errors.New("device: of microphone, camera and speaker, and of nothing else"))
	}
	if b.Action == "gain" {
		return errors.Join(err, gain(b.Gain))
	}
	if b.Gain != 0 {
		err = errors.Join(err, errors.New("gain: of gain, and of nothing else"))
	}
	return err
}

func checkVitals(b *TellVitals) error {
	err := errors.Join(
		between("frozen", b.Frozen, 1),
		between("freezes", float64(b.Freezes), maxFreezes),
		between("concealed", b.Concealed, 1),
		oneOf("microphone", b.Microphone, "MicrophoneHealth"),
		oneOf("camera", b.Camera, "CameraHealth"),
		oneOf("limited", b.Limited, "Limited"),
		oneOf("playback", b.Playback, "PlaybackOrNone"),
		between("rate", float64(b.Rate), maxRate),
	)
	for name, seats := range map[string][]string{"unheard": b.Unheard, "hollow": b.Hollow} {
		if len(seats) > maxPeople {
			return errors.Join(err, errors.New(name+": too many"))
		}
		for _, s := range seats {
			err = errors.Join(err, text(name, s, 1, maxSeat))
		}
	}
	return err
}

func checkReport(b *SendReport) error {
	err := errors.Join(text("order", b.Order, 1, maxID), oneOf("failed", b.Failed, "OrderFailureOrNone"))
	said := 0
	if b.Failed != "" {
		said++
	}
	if b.Devices != nil {
		said++
		err = errors.Join(err, checkDevices(b.Devices))
	}
	if b.Diagnostics != nil {
		said++
		err = errors.Join(err, checkDiagnostics(b.Diagnostics))
	}
	if said > 1 {
		err = errors.Join(err, errors.New("devices, diagnostics, failed: one of them at most"))
	}
	return err
}

func checkDevices(d *Devices) error {
	err := errors.Join(
		text("microphone", d.Microphone, 0, maxDevice),
		text("camera", d.Camera, 0, maxDevice),
		text("speaker", d.Speaker, 0, maxDevice),
		gain(d.Gain),
	)
	for _, list := range [][]DeviceInfo{d.Microphones, d.Cameras, d.Speakers} {
		if len(list) > MaxDevices {
			return errors.Join(err, errors.New("devices: too many"))
		}
		for _, i := range list {
			err = errors.Join(err, text("id", i.ID, 0, maxDevice), text("label", i.Label, 0, maxDevice))
		}
	}
	return err
}

func checkDiagnostics(d *Diagnostics) error {
	err := between("rtt_ms", d.RTTMS, maxRTTMS)
	for _, s := range []string{
		d.Browser, d.System, d.Screen, d.Battery, d.Network, d.Route, d.Sending, d.Receiving, d.Limited,
	} {
		err = errors.Join(err, characters("diagnostics", s, MaxLines))
	}
	if len(d.Lines) > MaxLines {
		return errors.Join(err, errors.New("lines: too many"))
	}
	for _, s := range d.Lines {
		err = errors.Join(err, characters("lines", s, MaxLines))
	}
	return err
}

// Check holds a network test to its bounds.
func (n NetworkTest) Check() error {
	err := errors.Join(
		oneOf("path", n.Path, "PathProfile"),
		oneOf("route", n.Route, "NetworkRoute"),
		between("rtt_ms", n.RTTMS, maxRTTMS),
		between("jitter_ms", n.JitterMS, maxRTTMS),
		between("loss_up", n.LossUp, 1),
		between("loss_down", n.LossDown, 1),
		between("up_kbps", n.UpKbps, maxKbps),
		between("down_kbps", n.DownKbps, maxKbps),
	)
	for _, way := range []string{n.Socket, n.UDP, n.TCP, n.TLS} {
		err = errors.Join(err, oneOf("way", way, "TestResult"))
	}
	if err != nil {
		return badMessage(fmt.Errorf("network: %w", err))
	}
	return nil
}

func gain(percent int) error {
	if percent < MinGain || percent > MaxGain {
		return fmt.Errorf("gain: not within %d and %d", MinGain, MaxGain)
	}
	return nil
}

func characters(field, v string, most int) error {
	if n := utf8.RuneCountInString(v); n > most {
		return fmt.Errorf("%s: %d characters, want %d at most", field, n, most)
	}
	return nil
}

func text(field, v string, least, most int) error {
	if len(v) < least || len(v) > most {
		return fmt.Errorf("%s: %d bytes, want %d to %d", field, len(v), least, most)
	}
	return nil
}

func between(field string, v, most float64) error {
	if !(v >= 0 && v <= most) { // false for what is no number, too
		return fmt.Errorf("%s: not within 0 and %v", field, most)
	}
	return nil
}

func oneOf(field, v, set string) error {
	if !slices.Contains(Set(set), v) {
		return fmt.Errorf("%s: not one of the %s", field, set)
	}
	return nil
}
