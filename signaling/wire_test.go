package signaling

import (
	"io"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"testing"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func TestSets_AreTheDomains(t *testing.T) {
	for name, want := range map[string][]string{
		"Phase": texts([]schedule.Phase{
			schedule.PhaseScheduled, schedule.PhaseOpen, schedule.PhaseWaiting, schedule.PhaseLive,
			schedule.PhaseClosing, schedule.PhaseEnded, schedule.PhaseCancelled,
		}),
		"Role": texts([]schedule.Role{
			schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter, schedule.RoleObserver, schedule.RoleCoordinator,
		}),
		"SourceName": texts([]sfu.Source{sfu.Microphone, sfu.Camera, sfu.Screen, sfu.ScreenAudio}),
		"Profile":    texts([]sfu.Profile{sfu.ProfileRoom, sfu.ProfileWall}),
		"LinkKind":   texts([]schedule.LinkKind{schedule.LinkPerson, schedule.LinkBooth, schedule.LinkConsole}),
		"LeaveReason": texts([]schedule.LeaveReason{
			schedule.LeftByChoice, schedule.LeftLost, schedule.LeftMoved, schedule.LeftReplaced,
			schedule.LeftEnded, schedule.LeftRemoved, schedule.LeftNodeDied, schedule.LeftFault,
		}),
		"AuxiliaryKind":   texts([]rooms.AuxiliaryKind{rooms.AuxiliaryEncoder, rooms.AuxiliaryScreen}),
		"AuxiliarySource": texts([]sfu.Source{sfu.Closeup, sfu.ScreenAudio}),
		"SlotKind":        texts([]rooms.SlotKind{rooms.SlotPerson, rooms.SlotStage}),
		"Layer":           texts([]sfu.Ceiling{sfu.CeilingLow, sfu.CeilingMiddle, sfu.CeilingHigh}),
		"SeatPresence":    texts([]rooms.SeatPresence{rooms.SeatAbsent, rooms.SeatHere, rooms.SeatAway, rooms.SeatLeft, rooms.SeatLobby}),
		"NoteKind":        texts([]schedule.NoteKind{schedule.NoteText, schedule.NoteCall}),
		"AlertKind":       texts([]schedule.AlertKind{schedule.AlertLate, schedule.AlertNoShow}),
		"Verdict":         append([]string{"pending", "cancelled"}, texts(schedule.Verdicts())...),
		"Place":           texts([]schedule.Place{schedule.PlaceBooth, schedule.PlaceRemote}),
		"TestResult":      texts([]schedule.TestResult{schedule.TestPassed, schedule.TestFailed, schedule.TestNone}),
		"Light":           texts([]schedule.Light{schedule.LightGreen, schedule.LightAmber, schedule.LightRed, schedule.LightUntested}),
		"HelpMode":        texts([]rooms.HelpMode{rooms.HelpQuiet, rooms.HelpListen, rooms.HelpSpeak}),
		"SteerAction": texts([]rooms.SteerAction{
			rooms.SteerMute, rooms.SteerRemove, rooms.SteerAdmit, rooms.SteerDevices, rooms.SteerMicrophone, rooms.SteerCamera,
			rooms.SteerSpeaker, rooms.SteerGain, rooms.SteerDiagnose,
		}),
		"OrderKind": texts([]rooms.OrderKind{
			rooms.OrderMute, rooms.OrderDevices, rooms.OrderMicrophone, rooms.OrderCamera, rooms.OrderSpeaker, rooms.OrderGain,
			rooms.OrderDiagnose, rooms.OrderComeIn,
		}),
		"Route":   texts([]sfu.Route{sfu.RouteNone, sfu.RouteUDP, sfu.RouteTCP, sfu.RouteRelay}),
		"Quality": texts([]rooms.Quality{rooms.QualityGood, rooms.QualityFair, rooms.QualityPoor, rooms.QualityNone}),
		"Symptom": texts([]rooms.Symptom{
			rooms.SymptomNoMedia, rooms.SymptomOneWayIn, rooms.SymptomSoundBlocked, rooms.SymptomNotPlayed, rooms.SymptomOneWayOut, rooms.SymptomMicSilent, rooms.SymptomMicClipping,
			rooms.SymptomCameraDark, rooms.SymptomCameraFrozen, rooms.SymptomLossUp, rooms.SymptomLossDown, rooms.SymptomFrozen,
			rooms.SymptomVoiceBroken, rooms.SymptomSlowPath, rooms.SymptomTCP, rooms.SymptomRelay, rooms.SymptomCPU,
			rooms.SymptomBandwidth, rooms.SymptomHidden,
		}),
		"Right":          texts(schedule.Rights()),
		"Scope":          texts(schedule.Scopes()),
		"ContactOutcome": texts(schedule.ContactOutcomes()),
		"AuditAction":    append([]string{"verdict", "contact", "paper", "erase"}, texts(schedule.Actions())...),
	} {
		if got := protocol.Set(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, the domain has %v", name, got, want)
		}
	}
}

func texts[T ~string](in []T) []string { return each(in, func(v T) string { return string(v) }) }

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func prefixes(t *testing.T, all ...string) []netip.Prefix {
	t.Helper()
	return each(all, netip.MustParsePrefix)
}

func copyAll(w io.Writer, resp *http.Response) (int64, error) {
	defer resp.Body.Close()
	return io.Copy(w, resp.Body)
}
