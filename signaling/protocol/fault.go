package protocol

import (
	"errors"
	"time"
)

// Fault is an error that a client is told about by its Code. Cause stays on
// this side of the wire.
type Fault struct {
	Code       Code
	RetryAfter time.Duration
	OpensAt    time.Time // with CodeTooEarly
	Detail     string    // for a developer of a client, in English
	Cause      error
}

// Fail makes a Fault of a code alone.
func Fail(c Code) *Fault { return &Fault{Code: c} }

// Error is for logs.
func (f *Fault) Error() string {
	s := string(f.Code)
	if f.Detail != "" {
		s += ": " + f.Detail
	}
	if f.Cause != nil {
		s += ": " + f.Cause.Error()
	}
	return s
}

// Unwrap gives errors.Is and errors.As the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Wire is what the client is told.
func (f *Fault) Wire() Error {
	e := Error{
		Code:         f.Code,
		Action:       f.Code.Rule().Action,
		RetryAfterMS: f.RetryAfter.Milliseconds(),
		Detail:       f.Detail,
	}
	if !f.OpensAt.IsZero() {
		at := f.OpensAt
		e.OpensAt = &at
	}
	return e
}

// AsFault finds the Fault in an error; anything else is CodeInternal.
func AsFault(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Code: CodeInternal, Cause: err}
}
