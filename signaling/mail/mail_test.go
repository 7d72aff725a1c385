package mail

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sangdam/rooms/schedule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is a mail server that keeps what it is given.
type sink struct {
	listener net.Listener
	answers  []string // to MAIL, one a mail; then 250

	mu    sync.Mutex
	mails []received
	asked int
	mute  bool // says nothing to QUIT
	came  chan struct{}
	wg    sync.WaitGroup
}

type received struct {
	to   []string
	data []byte
}

func newSink(t *testing.T, answers ...string) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{listener: l, answers: answers, came: make(chan struct{}, 100)}
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.wg.Wait()
	})
	return s
}

func (s *sink) url() string { return "smtp://" + s.listener.Addr().String() }

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	say := func(line string) { fmt.Fprintf(c, "%s\r\n", line) }
	say("220 sink")
	var m received
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			say("250-sink")
			say("250 8BITMIME")
		case strings.HasPrefix(verb, "MAIL"):
			say(s.answer())
		case strings.HasPrefix(verb, "RCPT"):
			m.to = append(m.to, strings.TrimSpace(line))
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			var data bytes.Buffer
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(l, "."))
			}
			m.data = data.Bytes()
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			m = received{}
			s.came <- struct{}{}
			say("250 taken")
		case verb == "QUIT":
			s.mu.Lock()
			mute := s.mute
			s.mu.Unlock()
			if !mute {
				say("221 bye")
			}
			return
		default:
			say("250 ok")
		}
	}
}

func (s *sink) answer() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.asked <= len(s.answers) {
		return s.answers[s.asked-1]
	}
	return "250 ok"
}

func (s *sink) wait(t *testing.T) received {
	t.Helper()
	select {
	case <-s.came:
	case <-time.After(5 * time.Second):
		t.Fatal("no mail came")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails[len(s.mails)-1]
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

func fair() *schedule.Event {
	start := time.Date(2021, 12, 6, 1, 0, 0, 0, time.UTC)
	return &schedule.Event{
		ID: "fair", Name: "양주 섬유 상담회", Organiser: "경기섬유종합지원센터", Zone: "Asia/Seoul", Language: "ko",
		Firms: []schedule.Firm{{ID: "F1", Name: "Knit Co"}}, Booths: []schedule.Booth{{ID: "B1", Name: "Booth 1"}},
		Buyers: []schedule.Buyer{{ID: "U1", Name: "Tekstil", Country: "FR", Zone: "Europe/Paris", Language: "fr"}},
		Consultations: []schedule.Consultation{
			{ID: "S01", Start: start, End: start.Add(40 * time.Minute), Booth: "B1", Firm: "F1", Buyer: "U1"},
		},
	}
}

func invitation(language string) Invitation {
	e := fair()
	return Invitation{
		Event: e, Link: schedule.Link{ID: "abc", Version: 1, Grants: schedule.Grants{Event: e.ID, Kind: schedule.LinkPerson, Role: schedule.RoleBuyer, Party: "U1"}},
		URL: "https://meet.example.kr/j/abc#s3cret", To: "ana@tekstil.example", Name: "Ana", Language: language, Zone: "Europe/Paris",
		Calendar: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
	}
}

func writer(t *testing.T) *Writer {
	t.Helper()
	w, err := NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func sender(t *testing.T, s *sink, sent func(context.Context, Letter, time.Time)) *Sender {
	t.Helper()
	out, err := newSender(Config{URL: s.url(), From: "상담회 <fair@example.kr>", ReplyTo: "help@example.kr", Sent: sent}, []time.Duration{time.Millisecond, time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Close)
	return out
}

// parts takes a mail apart: its header, its text, and its attachment.
func parts(t *testing.T, raw []byte) (h mail.Header, text, calendar string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, text, calendar
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/calendar") {
			b, _ := io.ReadAll(p)
			calendar = p.FileName() + " " + string(b)
			continue
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
}

func TestSender_AMailServerGetsOneMailAPersonWithBothTimesAndTheLink(t *testing.T) {
	s := newSink(t)
	sent := make(chan Letter, 1)
	out := sender(t, s, func(_ context.Context, l Letter, _ time.Time) { sent <- l })
	if !out.Queue(writer(t).Invite(invitation("en"))) {
		t.Fatal("the queue is full")
	}
	got := s.wait(t)
	h, text, calendar := parts(t, got.data)
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != "Your link: 양주 섬유 상담회" {
		t.Errorf("subject %q %v", subject, err)
	}
	if len(got.to) != 1 || !strings.Contains(got.to[0], "<ana@tekstil.example>") || !strings.Contains(h.Get("Reply-To"), "help@example.kr") {
		t.Errorf("to %v, answers to %q", got.to, h.Get("Reply-To"))
	}
	for _, want := range []string{
		"Dear Ana,", "2021-12-06 (Mon) 02:00–02:40  your time, Europe/Paris", "2021-12-06 (Mon) 10:00–10:40  at the center, Asia/Seoul",
		"https://meet.example.kr/j/abc#s3cret", "1. ", "2. ", "3. ", "15 minutes",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if !strings.HasPrefix(calendar, "consultations.ics ") {
		t.Errorf("attached: %q", calendar)
	}
	select {
	case l := <-sent:
		if l.Link != "abc" {
			t.Errorf("%s was told as sent", l.Link)
		}
	case <-time.After(5 * time.Second):
		t.Error("that it was sent was not told")
	}
}

func TestSender_TriesAgainAfterATemporaryNoAndGivesUpAfterAFinalOne(t *testing.T) {
	s := newSink(t, "451 later", "550 never")
	sent := make(chan Letter, 3)
	out := sender(t, s, func(_ context.Context, l Letter, _ time.Time) { sent <- l })
	w := writer(t)
	first, second, third := w.Invite(invitation("en")), w.Invite(invitation("ko")), w.Invite(invitation("en"))
	first.Link, second.Link, third.Link = "1", "2", "3"
	for _, l := range []Letter{first, second, third} {
		out.Queue(l)
	}
	// The first is taken at its second attempt: that one gets the final no.
	for _, want := range []schedule.LinkID{"2", "3"} {
		select {
		case l := <-sent:
			if l.Link != want {
				t.Errorf("%s was sent, want %s", l.Link, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s was not sent", want)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) != 2 || s.asked != 4 {
		t.Errorf("%d mails in %d attempts, want 2 in 4", len(s.mails), s.asked)
	}
}

func TestSender_AMailThatWasTakenIsNotSentAgain(t *testing.T) {
	s := newSink(t)
	s.mu.Lock()
	s.mute = true
	s.mu.Unlock()
	sent := make(chan Letter, 2)
	out := sender(t, s, func(_ context.Context, l Letter, _ time.Time) { sent <- l })
	for range 2 {
		out.Queue(writer(t).Invite(invitation("en")))
	}
	for range 2 {
		select {
		case <-sent:
		case <-time.After(5 * time.Second):
			t.Fatal("not sent")
		}
	}
	if n := s.count(); n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
}

func TestSender_TheLogNamesNobody(t *testing.T) {
	s := newSink(t, "451 later ana@tekstil.example", "550 never ana@tekstil.example")
	var log bytes.Buffer
	out, err := newSender(Config{
		URL: s.url(), From: "fair@example.kr", Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}, []time.Duration{time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"ana@tekstil.example", "ana@tekstil.example>", "ana@tekstil.example"} {
		l := writer(t).Invite(invitation("en"))
		l.To = to
		out.Queue(l)
	}
	s.wait(t)
	out.Close() // nobody writes to the log any more
	if n := strings.Count(log.String(), "a letter was given up"); n != 2 || strings.Contains(log.String(), "tekstil") {
		t.Errorf("%d letters given up, want 2:\n%s", n, &log)
	}
}

func TestSender_NothingThatPeopleTypeBecomesAHeader(t *testing.T) {
	s := newSink(t)
	out := sender(t, s, nil)
	in := invitation("en")
	in.Event.Name = "Fair\r\nBcc: all@example.com\r\n\r\nfree text"
	in.Event.Organiser = "Center\nBcc: all@example.com"
	in.Name = "Ana\r\n\r\n--boundary\r\nContent-Type: text/html"
	l := writer(t).Invite(in)
	l.Language = "en\r\nBcc: all@example.com"
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("subject %q", l.Subject)
	}
	out.Queue(l)
	got := s.wait(t)
	h, text, _ := parts(t, got.data)
	if h.Get("Bcc") != "" || len(got.to) != 1 || len(h["To"]) != 1 {
		t.Errorf("header %v, to %v", h, got.to)
	}
	if strings.Contains(text, "\nBcc:") || strings.Contains(text, "\n--boundary") {
		t.Errorf("a name began a line:\n%s", text)
	}

	bad := writer(t).Invite(invitation("en"))
	bad.To = "ana@tekstil.example>\r\nRCPT TO:<all@example.com"
	out.Queue(bad)
	good := writer(t).Invite(invitation("en"))
	out.Queue(good)
	s.wait(t)
	if n := s.count(); n != 2 {
		t.Errorf("%d mails, want the two with an address", n)
	}
}

func TestSender_AFullQueueRefuses(t *testing.T) {
	s := &Sender{queue: make(chan Letter, 1)}
	if !s.Queue(Letter{}) || s.Queue(Letter{}) {
		t.Error("a queue of one takes one")
	}
}

func TestConfig_WhatCannotBeSentWithIsRefused(t *testing.T) {
	for _, c := range []Config{
		{URL: "mail.example.kr", From: "a@example.kr"},
		{URL: "http://mail.example.kr", From: "a@example.kr"},
		{URL: "smtp://", From: "a@example.kr"},
		{URL: "smtp://mail.example.kr", From: "nobody"},
		{URL: "smtp://mail.example.kr", From: "a@example.kr\r\nBcc: b@example.kr"},
		{URL: "smtp://mail.example.kr", From: "a@example.kr", ReplyTo: "nobody"},
	} {
		if s, err := NewSender(c); err == nil {
			s.Close()
			t.Errorf("%+v was taken", c)
		}
	}
	if _, err := NewSender(Config{URL: "smtp://u:hidden@:x", From: "a@example.kr"}); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("the error is %v", err)
	}
}

// TestWords_EveryLanguageHasEveryTextWithItsPlaceholders compares each language
// with English.
func TestWords_EveryLanguageHasEveryTextWithItsPlaceholders(t *testing.T) {
	all, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	texts := func(w words) map[string]string {
		raw, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	braces := regexp.MustCompile(`\{\w+\}`)
	places := func(s string) []string {
		found := braces.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	english := texts(all["en"])
	if len(all) < 2 || len(english) < 10 {
		t.Fatalf("%d languages, %d texts: this test looks at nothing", len(all), len(english))
	}
	for language, w := range all {
		for key, text := range texts(w) {
			if text == "" {
				t.Errorf("%s: %s is empty", language, key)
			}
			if got, want := places(text), places(english[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v, want %v", language, key, got, want)
			}
			if strings.ContainsAny(text, "\r\n") {
				t.Errorf("%s: %s has a line break", language, key)
			}
		}
	}
}

func TestWords_ALanguageThatIsNotThereFallsBack(t *testing.T) {
	all := map[string]words{"en": {}, "ko": {}, "zh-Hans": {}, "pt": {}}
	for language, want := range map[string]string{
		"ko": "ko", "ko-KR": "ko", "zh": "zh-Hans", "zh-Hans-CN": "zh-Hans", "pt-BR": "pt", "xx": "en", "": "en",
	} {
		if got, _ := in(all, language); got != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
	}
}
