package protocol

import "net/http"

// Code is why something did not work. The set is closed: clients translate it.
type Code string

// Action is what a client does when something ended.
type Action string

const (
	ActionNone   Action = ""       // nothing ended; the reply says what is wrong
	ActionResume Action = "resume" // same session, new socket
	ActionRejoin Action = "rejoin" // new session, same seat
	ActionStop   Action = "stop"   // show why, do nothing by itself
)

const (
	CodeBadMessage     Code = "bad_message"
	CodeTooLarge       Code = "too_large"
	CodeRateLimited    Code = "rate_limited"
	CodeOrigin         Code = "origin"
	CodeLinkUnknown    Code = "link_unknown"
	CodeLinkRevoked    Code = "link_revoked"
	CodeLinkExpired    Code = "link_expired"
	CodeTokenUnknown   Code = "token_unknown" // unknown or expired; opening the link again gives a new one
	CodeForbidden      Code = "forbidden"
	CodeNotFound       Code = "not_found"
	CodeTooEarly       Code = "too_early"
	CodeEnded          Code = "ended"
	CodeCancelled      Code = "cancelled"
	CodeRoomFull       Code = "room_full"
	CodeSeatInUse      Code = "seat_in_use"
	CodeMoved          Code = "moved"
	CodeRemoved        Code = "removed"
	CodeBadOffer       Code = "bad_offer"
	CodeSessionUnknown Code = "session_unknown"
	CodeReplaced       Code = "replaced" // the same tab or session has a newer socket
	CodeSlow           Code = "slow"     // the outbox ran over
	CodeIdle           Code = "idle"     // no message for too long
	CodeDraining       Code = "draining"
	CodeUnavailable    Code = "unavailable" // the store cannot be reached
	CodeRoomFailed     Code = "room_failed"
	CodeInternal       Code = "internal"
	CodeConflict       Code = "conflict" // the timetable is not the one that the change was made on
	CodeHeld           Code = "held"     // was removed: a coordinator has to admit them again
	CodeSignInWrong    Code = "sign_in_wrong"
	CodeSignInNeeded   Code = "sign_in_needed" // no cookie, or one that is worth nothing any more
)

// Rule is a line of the error table.
type Rule struct {
	HTTP   int    // status of a REST reply
	Close  int    // WebSocket close code when it ends a socket; its hundreds tell the action
	Action Action // what the client does when it ended something
}

// Close codes: 40xx resume, 41xx rejoin, 42xx stop.

// Rule is the one table from a code to what follows from it. It is a function
// so that nobody can write to it.
func (c Code) Rule() Rule {
	switch c {
	case CodeBadMessage:
		return Rule{http.StatusBadRequest, 4200, ActionStop}
	case CodeTooLarge:
		return Rule{http.StatusRequestEntityTooLarge, 4201, ActionStop}
	case CodeRateLimited:
		return Rule{http.StatusTooManyRequests, 4000, ActionResume}
	case CodeOrigin:
		return Rule{http.StatusForbidden, 4202, ActionStop}
	case CodeLinkUnknown:
		return Rule{http.StatusNotFound, 4203, ActionStop}
	case CodeLinkRevoked:
		return Rule{http.StatusGone, 4204, ActionStop}
	case CodeLinkExpired:
		return Rule{http.StatusGone, 4205, ActionStop}
	case CodeTokenUnknown:
		return Rule{http.StatusUnauthorized, 4100, ActionRejoin}
	case CodeForbidden:
		return Rule{http.StatusForbidden, 4206, ActionStop}
	case CodeNotFound:
		return Rule{http.StatusNotFound, 4207, ActionStop}
	case CodeTooEarly:
		return Rule{http.StatusConflict, 4208, ActionNone}
	case CodeEnded:
		return Rule{http.StatusGone, 4209, ActionStop}
	case CodeCancelled:
		return Rule{http.StatusGone, 4210, ActionStop}
	case CodeRoomFull:
		return Rule{http.StatusConflict, 4211, ActionNone}
	case CodeSeatInUse:
		return Rule{http.StatusConflict, 4212, ActionNone}
	case CodeMoved:
		return Rule{http.StatusConflict, 4213, ActionStop}
	case CodeRemoved:
		return Rule{http.StatusForbidden, 4214, ActionStop}
	case CodeBadOffer:
		return Rule{http.StatusUnprocessableEntity, 4215, ActionStop}
	case CodeSessionUnknown:
		return Rule{http.StatusNotFound, 4101, ActionRejoin}
	case CodeReplaced:
		return Rule{http.StatusConflict, 4216, ActionStop}
	case CodeSlow:
		return Rule{http.StatusServiceUnavailable, 4001, ActionResume}
	case CodeIdle:
		return Rule{http.StatusRequestTimeout, 4002, ActionResume}
	case CodeDraining:
		return Rule{http.StatusServiceUnavailable, 4102, ActionRejoin}
	case CodeUnavailable:
		return Rule{http.StatusServiceUnavailable, 4103, ActionRejoin}
	case CodeConflict:
		return Rule{http.StatusConflict, 4217, ActionNone}
	case CodeHeld:
		return Rule{http.StatusConflict, 4218, ActionNone}
	case CodeSignInWrong:
		return Rule{http.StatusUnauthorized, 4219, ActionStop}
	case CodeSignInNeeded:
		return Rule{http.StatusUnauthorized, 4220, ActionStop}
	case CodeRoomFailed:
		return Rule{http.StatusInternalServerError, 4104, ActionRejoin}
	}
	return Rule{http.StatusInternalServerError, 4105, ActionRejoin}
}
