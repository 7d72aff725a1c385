package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Bounds of what a client may send, after inflating (PROTOCOL.md, "Limits").
const (
	MaxOfferMessage = 192 << 10 // hello and restart, which carry SDP
	MaxMessage      = 16 << 10  // every other type
	MaxOffer        = 128 << 10
	MaxText         = 2000 // characters of a chat message
	maxID           = 64
	maxLanguage     = 35 // RFC 5646, section 4.4.1
	maxSources      = 4
	maxRTTMS        = 60_000
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
	if len(raw) > MaxMessage && m.Type != TypeHello && m.Type != TypeRestart {
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

// check holds values to their bounds and closed sets.
func check(body any) error {
	switch b := body.(type) {
	case *Hello:
		return errors.Join(
			text("token", b.Token, 1, maxID),
			oneOf("profile", b.Profile, "Profile"),
			text("offer", b.Offer, 0, MaxOffer),
			text("language", b.Language, 0, maxLanguage),
		)
	case *Resume:
		return errors.Join(text("session", b.Session, 1, maxID), text("secret", b.Secret, 1, maxID))
	case *Restart:
		return text("offer", b.Offer, 1, MaxOffer)
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
		return oneOf("source", b.Source, "SourceName")
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
