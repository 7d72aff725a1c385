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
		CodeUnavailable, CodeRoomFailed, CodeInternal, CodeConflict,
		CodeHeld, CodeSignInWrong, CodeSignInNeeded,
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
		TypeWait, TypeNote, TypeCall, TypeHealth, TypeSeen, TypePractice,
		TypeWall, TypeHelp, TypeSteer, TypeVitals, TypeReport, TypeProbe,
		TypeTiles,
	}
}

// ServerTypes lists the message types a server sends.
func ServerTypes() []string {
	return []string{
		TypeHello, TypeResume, TypeRestart, TypeJoined, TypeBoard, TypeOK,
		TypePong, TypeDelta, TypeError, TypeWaiting, TypePractice, TypeWall, TypeProbe,
		TypeLayers, TypeSpeakers, TypeCodecs,
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
	case "PathProfile":
		return []string{"normal", "active", "relay", "audio"}
	case "PathProfileOrNone":
		return append([]string{""}, Set("PathProfile")...)
	case "ProbeRoute":
		return []string{"udp", "tcp"}
	case "NetworkRoute":
		return []string{"", "udp", "tcp", "relay"}
	case "VideoCodec":
		return []string{"vp8", "vp9", "h264", "av1"}
	case "Layer":
		return []string{"q", "h", "f"}
	case "AuxiliaryKind":
		return []string{"encoder", "screen"}
	case "AuxiliarySource":
		return []string{"closeup", "screen_audio"}
	case "SlotKind":
		return []string{"person", "stage"}
	case "SeatPresence":
		return []string{"absent", "here", "away", "left", "lobby"}
	case "LinkKind":
		return []string{"person", "booth", "console"}
	case "LeaveReason":
		return []string{"left", "lost", "moved", "renewed", "ended", "removed", "node_died", "fault"}
	case "Verdict":
		return []string{
			"pending", "cancelled", "held", "short", "no_show_buyer", "no_show_firm",
			"no_show_both", "technical", "held_by_phone",
		}
	case "VerdictOrNone":
		return append([]string{""}, Set("Verdict")...)
	case "EvidenceKind":
		return []string{
			"first_in", "last_out", "never_came", "together", "needed", "late", "no_show", "contact", "extended", "ended",
			"paper", "clock", "decided",
		}
	case "ReportSheet":
		return []string{"summary", "consultations", "attendance", "no-shows", "quality"}
	case "ReportKind":
		return []string{"text", "count", "number", "instant"}
	case "NoteKind":
		return []string{"text", "call"}
	case "MicrophoneHealth":
		return []string{"ok", "silent", "clipping", "off"}
	case "CameraHealth":
		return []string{"ok", "dark", "frozen", "off"}
	case "AlertKind":
		return []string{"late", "no_show"}
	case "Place":
		return []string{"booth", "remote"}
	case "PlanWhat":
		return []string{"consultation", "booth", "firm", "buyer", "interpreter", "policy", "link", "event"}
	case "PlanChange":
		return []string{"created", "changed", "cancelled", "removed", "refused"}
	case "TimetableOp":
		return timetableOps()
	case "DelayCause":
		return []string{"booth", "firm", "buyer", "interpreter"}
	case "EditOp":
		return append(timetableOps(),
			"import", "extend", "verdict", "link_added", "link_revoked", "link_reissued", "links_mailed", "erase")
	case "MailSkip":
		return []string{"no_address", "revoked", "sent_before", "queue_full"}
	case "TestResult":
		return []string{"passed", "failed", "untested"}
	case "Light":
		return []string{"green", "amber", "red", "untested"}
	case "ReadinessReason":
		return []string{
			"microphone_failed", "microphone_untested", "camera_failed", "camera_untested", "speaker_failed",
			"speaker_untested", "media_failed", "media_untested", "media_slow", "browser_unsupported",
			"network_blocked", "network_udp_blocked", "network_narrow", "network_lossy", "network_sound_only",
			"clock_off", "zone_differs", "test_old",
		}
	case "RecordKind":
		return []string{"attendance", "chat", "notes", "device_test"}
	case "HelpMode":
		return []string{"quiet", "listen", "speak"}
	case "SeatRoleOrNone":
		return append([]string{""}, Set("SeatRole")...)
	case "SourceNameOrNone":
		return append([]string{""}, Set("SourceName")...)
	case "SteerAction":
		return []string{"mute", "remove", "admit", "devices", "microphone", "camera", "speaker", "gain", "diagnose"}
	case "OrderKind":
		return []string{"mute", "devices", "microphone", "camera", "speaker", "gain", "diagnose", "come_in"}
	case "OrderFailureOrNone":
		return []string{"", "no_such_device", "not_allowed", "unsupported", "failed", "gone"}
	case "Limited":
		return []string{"none", "cpu", "bandwidth", "other"}
	case "PlaybackOrNone":
		return []string{"", "ok", "blocked", "stopped"}
	case "Route":
		return []string{"", "udp", "tcp", "relay"}
	case "Quality":
		return []string{"good", "fair", "poor", "none"}
	case "Symptom":
		return []string{
			"no_media", "one_way_in", "sound_blocked", "not_played", "one_way_out", "microphone_silent", "microphone_clipping", "camera_dark", "camera_frozen",
			"loss_up", "loss_down", "frozen", "voice_broken", "slow_path", "tcp", "relay", "cpu", "bandwidth", "hidden",
		}
	case "Right":
		return []string{"viewer", "coordinator", "administrator"}
	case "RightOrNone":
		return append([]string{""}, Set("Right")...)
	case "ContactOutcome":
		return []string{"called", "no_answer", "coming", "declined"}
	case "Scope":
		return []string{"board", "records", "timetable", "edit"}
	case "AuditAction":
		return []string{
			"verdict", "contact", "paper", "erase",
			"sign_in", "sign_in_failed", "sign_out", "account", "session_ended",
			"listen", "speak", "whisper", "quiet", "write", "mute", "remove", "admit",
			"end", "extend", "device", "diagnose", "care", "uncare", "hand_over",
			"edit", "link", "mail", "report", "key", "hook", "profile",
		}
	case "HookTopic":
		return []string{"room", "seat", "verdict", "contact"}
	case "DeliveryState":
		return []string{"waiting", "delivered", "given_up"}
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
		"AuxiliaryKind", "AuxiliarySource", "SlotKind", "Layer", "VideoCodec", "SeatPresence", "LinkKind", "LeaveReason", "Verdict",
		"VerdictOrNone", "EvidenceKind", "ReportSheet", "ReportKind",
		"NoteKind", "MicrophoneHealth", "CameraHealth", "AlertKind", "Place", "PlanWhat", "PlanChange", "EditOp", "MailSkip", "TestResult",
		"HelpMode", "SeatRoleOrNone", "SourceNameOrNone", "SteerAction", "OrderKind", "OrderFailureOrNone", "Limited", "PlaybackOrNone", "Route",
		"PathProfile", "PathProfileOrNone", "ProbeRoute", "NetworkRoute", "Quality", "Symptom", "Right", "RightOrNone", "ContactOutcome", "Scope", "AuditAction", "HookTopic", "DeliveryState",
		"TimetableOp", "DelayCause", "Light", "ReadinessReason", "RecordKind",
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

func timetableOps() []string {
	return []string{
		"create", "reschedule", "move_booth", "swap_booths", "cancel", "restore", "set_interpreter",
		"replace_buyer", "add_stand_by", "set_policy",
	}
}
