package protocol

// The closed sets of strings, for the schemas and for checks. They are
// functions so that nobody can write to them.

// Codes lists every Code.
func Codes() []Code {
	return []Code{
		CodeBadMessage, CodeTooLarge, CodeRateLimited, CodeOrigin,
		CodeLinkUnknown, CodeLinkRevoked, CodeLinkExpired, CodeTokenUnknown,
		CodeForbidden, CodeNotFound, CodeTooEarly, CodeEnded, CodeCancelled,
		CodeRoomFull, CodeSeatInUse, CodeMoved, CodeRemoved, CodeBadOffer,
		CodeSessionUnknown, CodeReplaced, CodeSlow, CodeIdle, CodeDraining,
		CodeUnavailable, CodeRoomFailed, CodeInternal,
	}
}

// Actions lists every Action.
func Actions() []Action {
	return []Action{ActionNone, ActionResume, ActionRejoin, ActionStop}
}

// ClientTypes lists the message types a client sends.
func ClientTypes() []string {
	return []string{
		TypeHello, TypeResume, TypeRestart, TypeJoin, TypeLeave, TypeSource,
		TypeChat, TypeWatch, TypePing, TypeBye,
	}
}

// ServerTypes lists the message types a server sends.
func ServerTypes() []string {
	return []string{
		TypeHello, TypeResume, TypeRestart, TypeJoined, TypeBoard, TypeOK,
		TypePong, TypeDelta, TypeError,
	}
}

// Set returns the values of a closed set by the name that stands in the `set`
// tags of the messages; nil when there is none of that name.
func Set(name string) []string {
	switch name {
	case "Code":
		return texts(Codes())
	case "Action":
		return texts(Actions())
	case "Phase":
		return []string{"scheduled", "open", "waiting", "live", "closing", "ended", "cancelled"}
	case "Role":
		return []string{"firm", "buyer", "interpreter", "observer", "coordinator"}
	case "SeatRole":
		return []string{"firm", "buyer", "interpreter", "observer"}
	case "SourceName":
		return []string{"microphone", "camera", "screen", "screen_audio"}
	case "Profile":
		return []string{"room", "wall"}
	case "SlotKind":
		return []string{"person", "stage"}
	case "SeatPresence":
		return []string{"absent", "here", "away", "left"}
	case "LinkKind":
		return []string{"person", "booth", "console"}
	case "LeaveReason":
		return []string{"left", "lost", "moved", "renewed", "ended", "removed", "node_died", "fault"}
	case "Verdict":
		return []string{
			"pending", "cancelled", "held", "short", "no_show_buyer", "no_show_firm",
			"no_show_both", "technical", "held_by_phone",
		}
	case "ClientType":
		return ClientTypes()
	case "ServerType":
		return ServerTypes()
	}
	return nil
}

// SetNames lists the closed sets.
func SetNames() []string {
	return []string{
		"Code", "Action", "Phase", "Role", "SeatRole", "SourceName", "Profile",
		"SlotKind", "SeatPresence", "LinkKind", "LeaveReason", "Verdict",
		"ClientType", "ServerType",
	}
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}
