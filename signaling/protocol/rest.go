package protocol

import "errors"

// Problem is the body of every REST reply that is not a success (RFC 9457),
// with our code and what a client does about it.
type Problem struct {
	Title        string `json:"title"`
	Status       int    `json:"status"`
	Detail       string `json:"detail,omitempty"` // for a developer, in English; never shown
	Code         Code   `json:"code" set:"Code"`
	Action       Action `json:"action" set:"Action"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
}

// Bye is the body of POST /api/v1/bye, the beacon of a page that is being
// closed: its session ends at once instead of after the grace time.
type Bye struct {
	Session string `json:"session" maxLength:"64"`
	Secret  string `json:"secret" maxLength:"64"`
}

// RestartSession is the body of POST /api/v1/sessions/{session}/restart: what
// the restart message says, for a session whose socket is gone or may be. The
// same offer twice has the same answer, so that a client may send it both ways.
type RestartSession struct {
	Secret  string `json:"secret" maxLength:"64"`
	Offer   string `json:"offer"`
	Rebuild bool   `json:"rebuild,omitempty"`
	Path    string `json:"path,omitempty" set:"PathProfileOrNone"`
}

// Check holds it to the bounds of the message.
func (r RestartSession) Check() error {
	err := errors.Join(
		text("secret", r.Secret, 1, maxID),
		checkRestart(&Restart{Offer: r.Offer, Rebuild: r.Rebuild, Path: r.Path}),
	)
	if err != nil {
		return badMessage(err)
	}
	return nil
}
