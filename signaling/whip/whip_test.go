package whip

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDocument_LimitsAreTheDevices(t *testing.T) {
	b, err := os.ReadFile("../protocol/PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| offers of a link's encoders; of its screens | %d | %s |", PostBurst, PostEvery),
		fmt.Sprintf("| other requests of a link's devices | %d | %s |", PatchBurst, PatchEvery),
		fmt.Sprintf("after %d s without media", SilentFor/time.Second),
		map[int]string{4: "at most four screens, and so has a link"}[ScreensOfLink],
	} {
		if want == "" || !strings.Contains(string(b), want) {
			t.Errorf("PROTOCOL.md does not say %q", want)
		}
	}
}

func TestAccept_IsWhatRFC9110Says(t *testing.T) {
	for header, want := range map[string]bool{
		"": true, "application/sdp": true, "*/*": true, "application/*;q=0.5": true, "text/html, application/sdp": true,
		"text/html": false, "application/sdp;q=0": false, "application/json, text/*": false, "nonsense": false,
	} {
		h := http.Header{}
		if header != "" {
			h.Set("Accept", header)
		}
		if got := accepts(h, typeSDP); got != want {
			t.Errorf("%q is accepted: %v", header, got)
		}
	}
}

func TestFragment_HasTheCredentialsAndCandidatesOfTheFirstSection(t *testing.T) {
	answer := strings.ReplaceAll(`v=0
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:video0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=candidate:u1 1 udp 1 10.0.0.1 5000 typ host
a=end-of-candidates
m=audio 9 UDP/TLS/RTP/SAVPF 97
a=mid:audio1
a=candidate:no 1 udp 1 10.0.0.9 5000 typ host
`, "\n", "\r\n")
	want := strings.ReplaceAll(`a=ice-lite
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:video0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=candidate:u1 1 udp 1 10.0.0.1 5000 typ host
a=end-of-candidates
`, "\n", "\r\n")
	if got := fragmentOf(answer); got != want {
		t.Errorf("got %q", got)
	}
	next := withCredentials(answer, "efgh", "zyxwvutsrqponmlkjihgfedc")
	if value(next, "ice-ufrag") != "efgh" || value(next, "ice-pwd") != "zyxwvutsrqponmlkjihgfedc" || strings.Contains(next, "abcdefgh") {
		t.Errorf("got %q", next)
	}
}

// A fragment is written into an offer, which is parsed by lines.
func FuzzFragment_NothingButCredentialsGetsIntoTheOffer(f *testing.F) {
	f.Add("a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n")
	f.Add("a=ice-ufrag:ab\rcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n")
	f.Fuzz(func(t *testing.T, fragment string) {
		ufrag, pwd := value(fragment, "ice-ufrag"), value(fragment, "ice-pwd")
		if !credential(ufrag, 4) || !credential(pwd, 22) {
			return
		}
		const offer = "v=0\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\nm=audio\r\n"
		if got := withCredentials(offer, ufrag, pwd); strings.ContainsAny(strings.ReplaceAll(got, "\r\n", ""), "\r\n") || strings.Count(got, "\r\n") != 4 {
			t.Errorf("%q makes %q", fragment, got)
		}
	})
}

func TestRoute_IsALinkAndPerhapsASession(t *testing.T) {
	for path, want := range map[string]string{
		"/whip/abc": "publish abc  true", "/whep/abc": "watch abc  true", "/whip/abc/s1": "publish abc s1 true",
		"/whip/": "publish   false", "/whip/abc/s1/x": "publish abc s1/x false", "/whip/../x": "publish .. x false",
	} {
		p, link, s, ok := route(path)
		if got := fmt.Sprint(p, " ", link, " ", s, " ", ok); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// quiet is a media plane, rooms and keys of which a session asks how it is.
type quiet struct {
	heard time.Time
	good  bool
}

func (q *quiet) Open(context.Context, sfu.Offer, sfu.Observer) (sfu.PeerID, string, error) {
	return "p", "", nil
}
func (q *quiet) Restart(context.Context, sfu.PeerID, string) (string, error) { return "", nil }
func (q *quiet) ClosePeer(sfu.PeerID)                                        {}
func (q *quiet) LastHeard(sfu.PeerID) time.Time                              { return q.heard }

func (q *quiet) Event(context.Context, schedule.EventID) (*schedule.Event, error) {
	return &schedule.Event{}, nil
}
func (q *quiet) Rows(context.Context, schedule.EventID) ([]rooms.Row, error) { return nil, nil }
func (q *quiet) Attach(context.Context, rooms.AttachRequest) (*rooms.Attachment, error) {
	return nil, rooms.ErrEnded
}

func (q *quiet) Act(schedule.EventID, schedule.Actor, schedule.Action, schedule.ConsultationID, schedule.SeatID, string, string) {
}

func (q *quiet) Grants(context.Context, auth.Purpose, schedule.LinkID, string, netip.Addr) (schedule.Grants, error) {
	return schedule.Grants{}, nil
}
func (q *quiet) Good(context.Context, schedule.Grants) bool { return q.good }

// R77: a device of which no media comes is gone.
func TestSession_EndsAfterSilenceAndWithItsLink(t *testing.T) {
	for name, c := range map[string]struct {
		purpose auth.Purpose
		is      func(s *session, q *quiet)
		after   time.Duration
		over    bool
	}{
		"an encoder that never came up": {auth.PurposePublish, func(*session, *quiet) {}, SilentFor + time.Second, true},
		"one that has time still":       {auth.PurposePublish, func(*session, *quiet) {}, SilentFor - time.Second, false},
		"one that sends":                {auth.PurposePublish, func(s *session, _ *quiet) { s.SourceFlow("p", sfu.Closeup, true) }, time.Hour, false},
		"a screen that is heard":        {auth.PurposeWatch, func(s *session, q *quiet) { q.heard = s.heard.Add(time.Minute) }, time.Minute + 20*time.Second, false},
		"a screen that is not any more": {auth.PurposeWatch, func(s *session, q *quiet) { q.heard = s.heard.Add(time.Minute) }, 2 * time.Minute, true},
		"one that failed":               {auth.PurposePublish, func(s *session, _ *quiet) { s.PeerState("p", sfu.StateFailed) }, 0, true},
		"one that said goodbye":         {auth.PurposeWatch, func(s *session, _ *quiet) { s.PeerState("p", sfu.StateClosed) }, 0, true},
		"one whose room let it go":      {auth.PurposePublish, func(s *session, _ *quiet) { s.Dismiss(rooms.ErrReplaced) }, 0, true},
		"a link that was withdrawn elsewhere": {auth.PurposePublish, func(s *session, q *quiet) {
			s.SourceFlow("p", sfu.Closeup, true)
			q.good = false
		}, time.Minute, true},
	} {
		q := &quiet{good: true}
		h := New(Deps{Engine: q, Rooms: q, Keys: q})
		s := h.newSession(c.purpose, schedule.Grants{}, "")
		began := s.heard
		c.is(s, q)
		s.look(began.Add(c.after))
		if s.over() != c.over {
			t.Errorf("%s is over: %v", name, s.over())
		}
	}
}
