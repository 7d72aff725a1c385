package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of what a client may send, after inflating (PROTOCOL.md, "Limits").
const (
	MaxOfferMessage = 192 << 10 // hello, restart and probe, which carry SDP
	MaxReport       = 64 << 10  // report, which carries a browser's diagnostics
	MaxMessage      = 16 << 10  // every other type
	MaxOffer        = 128 << 10
	MaxText         = 2000 // characters of a chat message
	MaxReason       = 500  // characters of a reason for the audit log
	MaxWall         = 40   // rooms on a coordinator's screen
	MaxLines        = 200  // lines of diagnostics, and characters of each
	MinGain         = 10   // percent
	MaxGain         = 400
	MaxDevices      = 32 // of a kind
	maxID           = 64
	maxSeat         = 2*maxID + 2
	maxDevice       = 256 // bytes of a device's id or name
	maxLanguage     = 35  // RFC 5646, section 4.4.1
	maxSources      = 4
	maxPeople       = 8 // in a room
	maxPairs        = 8 // slots that show somebody
	maxRTTMS        = 60_000
	maxKbps         = 10_000_000
	maxFreezes      = 1000 // between two vitals
	maxRate         = 240  // pictures a second
)

// Decode reads one message of a client: strictly, since a field that we do not
// know is a mistake of one of us. The body is a pointer to the type's struct,
// nil for a type without one. Errors are *Fault. The Message is filled as far
// as it was understood, so that an error can be told by its Ref.
func Decode(raw []byte) (Message, any, error) {
	var m Message
	if len(raw) > MaxOfferMessage {
		return m, nil, Fail(CodeTooLarge)
	}
	if !utf8.Valid(raw) {
		return m, nil, badMessage(errors.New("not UTF-8"))
	}
	if err := strict(raw, &m); err != nil {
		return m, nil, badMessage(err)
	}
	body := bodyOf(m.Type)
	if body == nil {
		return m, nil, badMessage(fmt.Errorf("unknown type %.32q", m.Type))
	}
	if len(raw) > sizeOf(m.Type) {
		return m, nil, Fail(CodeTooLarge)
	}
	if len(m.Body) > 0 {
		if err := strict(m.Body, body); err != nil {
			return m, nil, badMessage(fmt.Errorf("%s: %w", m.Type, err))
		}
	}
	if err := check(body); err != nil {
		return m, nil, badMessage(fmt.Errorf("%s: %w", m.Type, err))
	}
	return m, body, nil
}

// sizeOf is how many bytes a message of a type may have.
func sizeOf(typ string) int {
	switch typ {
	case TypeHello, TypeRestart, TypeProbe:
		return MaxOfferMessage
	case TypeReport:
		return MaxReport
	}
	return MaxMessage
}

// Nothing is the body of a type that has none.
type Nothing struct{}

func bodyOf(typ string) any {
	switch typ {
	case TypeHello:
		return new(Hello)
	case TypeResume:
		return new(Resume)
	case TypeRestart:
		return new(Restart)
	case TypeJoin:
		return new(Join)
	case TypeLeave:
		return new(Leave)
	case TypeSource:
		return new(SetSource)
	case TypeChat:
		return new(Say)
	case TypeWatch:
		return new(Watch)
	case TypePing:
		return new(Ping)
	case TypeBye:
		return new(Nothing)
	case TypeWait:
		return new(Wait)
	case TypeNote:
		return new(SendNote)
	case TypeCall:
		return new(Call)
	case TypeHealth:
		return new(Health)
	case TypeSeen:
		return new(Seen)
	case TypePractice:
		return new(Practice)
	case TypeWall:
		return new(ShowRooms)
	case TypeHelp:
		return new(Help)
	case TypeSteer:
		return new(Steer)
	case TypeVitals:
		return new(TellVitals)
	case TypeReport:
		return new(SendReport)
	case TypeProbe:
		return new(Probe)
	case TypeTiles:
		return new(Tiles)
	}
	return nil
}

func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more after the end")
	}
	return nil
}

func badMessage(err error) *Fault {
	return &Fault{Code: CodeBadMessage, Detail: firstLine(err.Error())}
}

func firstLine(s string) string {
	if i := bytes.IndexByte([]byte(s), '\n'); i >= 0 {
		s = s[:i]
	}
	if len(s) > 200 {
		s = string(bytes.ToValidUTF8([]byte(s[:200]), nil))
	}
	return s
}

// Encode frames a message of the server. A body that cannot be encoded is a
// mistake of ours; the caller ends the session with CodeInternal.
func Encode(typ string, ref uint64, body any) ([]byte, error) {
	m := Message{Type: typ, Ref: ref}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", typ, err)
		}
		m.Body = b
	}
	return json.Marshal(m)
}
