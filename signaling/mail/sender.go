package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Config says how mail is sent.
type Config struct {
	URL     string // smtp://[user:password@]host[:port] or smtps://…
	From    string // address, with a name if wanted
	ReplyTo string // may be empty
	// Sent is told of each letter that a mail server has taken.
	Sent   func(ctx context.Context, l Letter, at time.Time)
	Logger *slog.Logger
}

const (
	queueLen    = 2000 // letters that wait; further ones are refused
	sendTimeout = 30 * time.Second
)

// pauses are the times between attempts; after the last one a letter is given
// up, which the list of links shows.
func pauses() []time.Duration {
	return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute}
}

// Sender sends letters one after another. A mail server that is away delays all
// of them; one address that it refuses delays none.
type Sender struct {
	// Fixed after NewSender.
	from, replyTo *mail.Address
	host          string
	options       []gomail.Option
	sent          func(ctx context.Context, l Letter, at time.Time)
	log           *slog.Logger
	pauses        []time.Duration
	queue         chan Letter
	stop          context.CancelFunc
	running       sync.WaitGroup // run
}

// NewSender makes a Sender and starts it. Close ends it.
func NewSender(c Config) (*Sender, error) { return newSender(c, pauses()) }

func newSender(c Config, pauses []time.Duration) (*Sender, error) {
	s := &Sender{sent: c.Sent, log: c.Logger, pauses: pauses, queue: make(chan Letter, queueLen)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.from, err = mail.ParseAddress(c.From); err != nil {
		return nil, fmt.Errorf("mail-from: %q is no address like center@example.kr", c.From)
	}
	if c.ReplyTo != "" {
		if s.replyTo, err = mail.ParseAddress(c.ReplyTo); err != nil {
			return nil, fmt.Errorf("mail-reply-to: %q is no address like center@example.kr", c.ReplyTo)
		}
	}
	if s.host, s.options, err = dialing(c.URL); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(func() { s.run(ctx) })
	return s, nil
}

// dialing reads the URL. With a password TLS is needed; without one it is used
// if the server offers it.
func dialing(raw string) (host string, options []gomail.Option, err error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return "", nil, errors.New("mail-smtp: not of the form smtp://user:password@mail.example.kr:587") // it may hold a password
	}
	options = append(options, gomail.WithTimeout(sendTimeout))
	port, policy := 25, gomail.TLSOpportunistic
	if password, ok := u.User.Password(); ok {
		port, policy = 587, gomail.TLSMandatory
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if u.Scheme == "smtps" {
		port = 465
		options = append(options, gomail.WithSSL())
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return "", nil, fmt.Errorf("mail-smtp: port %q", p)
		}
	}
	options = append(options, gomail.WithTLSPolicy(policy), gomail.WithPort(port))
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
		options = append(options, gomail.WithHELO("localhost")) // the machine's own name may not be one that mail knows
	}
	return u.Hostname(), options, nil
}

// From is the address that letters come from.
func (s *Sender) From() string { return s.from.Address }

// Queue takes a letter; ok is false when too many wait already.
func (s *Sender) Queue(l Letter) (ok bool) {
	select {
	case s.queue <- l:
		return true
	default:
		return false
	}
}

// Close ends the sending. Letters that wait are not sent, and so are not marked.
func (s *Sender) Close() {
	s.stop()
	s.running.Wait()
	if n := len(s.queue); n > 0 {
		s.log.Warn("letters were not sent", "letters", n)
	}
}

func (s *Sender) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-s.queue:
			s.deliver(ctx, l)
		}
	}
}

func (s *Sender) deliver(ctx context.Context, l Letter) {
	for attempt := 0; ; attempt++ {
		err := s.send(ctx, l)
		switch {
		case err == nil:
			if s.sent != nil {
				s.sent(ctx, l, time.Now().UTC())
			}
			return
		case ctx.Err() != nil:
			return
		case attempt >= len(s.pauses) || permanent(err):
			s.log.Error("a letter was given up", "link", l.Link, "attempts", attempt+1, "err", reason(err))
			return
		}
		s.log.Warn("a letter waits for the mail server", "link", l.Link, "err", reason(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.pauses[attempt]):
		}
	}
}

// permanent tells whether the server has refused this letter for good.
func permanent(err error) bool {
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		return !refused.IsTemp() && refused.Reason != gomail.ErrConnCheck
	}
	return errors.Is(err, errLetter)
}

// reason is an error fit for a log: what a server says of a letter, and what is
// wrong with an address, names people.
func reason(err error) string {
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		return fmt.Sprintf("%v: the server said %d", refused.Reason, refused.ErrorCode())
	}
	if errors.Is(err, errLetter) {
		return errLetter.Error()
	}
	return err.Error()
}

// errLetter is a letter that cannot be written down.
var errLetter = errors.New("not a letter")

func (s *Sender) send(ctx context.Context, l Letter) error {
	m, err := s.message(l)
	if err != nil {
		return errors.Join(errLetter, err)
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() { // a server that then leaves without a word must not get it again
		return nil
	}
	return err
}

func (s *Sender) message(l Letter) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(l.To)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg()
	m.FromMailAddress(s.from)
	m.ToMailAddress(&mail.Address{Address: to.Address})
	if s.replyTo != nil {
		m.ReplyToMailAddress(s.replyTo)
	}
	m.Subject(oneLine(l.Subject))
	m.SetGenHeader("Content-Language", l.Language)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if len(l.Calendar) > 0 {
		err := m.AttachReader("consultations.ics", bytes.NewReader(l.Calendar), gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH"))
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}
