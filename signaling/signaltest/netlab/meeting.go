package netlab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"sangdam/signaling/signaltest/netlab/line"
	"sangdam/signaling/signaltest/netlab/truth"
)

// Setting is who meets, and over what. Cases with the same setting may share a meeting.
type Setting struct {
	// RoundTrip of the buyer's line; everybody else has a perfect one.
	RoundTrip time.Duration
	// Firefox: the buyer's browser.
	Firefox bool
	// Spare: the buyer has a second link.
	Spare bool
	// People made of Pion, beside firm and buyer.
	People int
	// Without is switched off at the server: names of the setting media-without.
	Without string
	// Policy is what the buyer's network lets out.
	Policy Policy
	// Lobby: the buyer stays in the lobby, ready to join.
	Lobby bool
}

// Files are where a bed finds and leaves things.
type Files struct {
	Binary string // sangdam
	Crowd  string // people made of Pion
	Static string // the client's folder
	Sound  string // folder of film and sound, kept between runs
	Out    string // folder of logs and pictures, one below it a meeting
}

// Meeting is a consultation that goes on: the firm in the booth on a perfect line,
// and the buyer on the line that the case is about.
type Meeting struct {
	Setting Setting
	Lab     *Lab
	Server  *Server
	Firm    *Person
	Buyer   *Person
	Crowd   *Crowd // nil: nobody

	folder   string // removed by Close, unless kept
	profiles string // of the browsers, removed by Close
	kept     bool
	files    Files
}

// seed makes every run meet the same lines.
const seed = 2026

// Meet makes a world and lets them meet in it.
func Meet(ctx context.Context, files Files, name string, s Setting) (_ *Meeting, err error) {
	folder, err := os.MkdirTemp(files.Out, name+"-")
	if err != nil {
		return nil, err
	}
	m := &Meeting{Setting: s, folder: folder, files: files}
	// A socket's path has 107 bytes, and Chromium puts one into its profile: wherever
	// the logs go, profiles are close to the root.
	if m.profiles, err = os.MkdirTemp("", "netlab-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, fmt.Errorf("more in %s", m.Keep(ctx)), m.Close())
		}
	}()
	if m.Lab, err = NewLab(seed); err != nil {
		return nil, err
	}
	var more []string
	if s.Without != "" {
		more = append(more, "--media-without", s.Without)
	}
	if m.Server, err = m.Lab.StartServer(files.Binary, folder, more...); err != nil {
		return nil, err
	}
	firm, err := m.Lab.Place("firm")
	if err != nil {
		return nil, err
	}
	buyer, err := m.Lab.Place("buyer")
	if err != nil {
		return nil, err
	}
	if s.Spare {
		if err := buyer.Second(); err != nil {
			return nil, err
		}
		buyer.Spare.Both(Far(s.RoundTrip))
	}
	buyer.Wire.Both(Far(s.RoundTrip))
	if err := buyer.Allow(s.Policy); err != nil {
		return nil, err
	}
	how := Launch{Firefox: s.Firefox}
	if s.Policy == OnlyHTTP {
		proxy, err := buyer.Proxy()
		if err != nil {
			return nil, err
		}
		how.Args = []string{"--proxy-server=http://" + proxy}
	}
	var both errgroup.Group
	both.Go(func() (err error) {
		m.Firm, err = m.come(ctx, firm, "firm", 1, Launch{})
		return err
	})
	both.Go(func() (err error) {
		m.Buyer, err = m.come(ctx, buyer, "buyer", 2, how)
		return err
	})
	if err := both.Wait(); err != nil {
		return nil, err
	}
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	if s.People > 0 {
		if m.Crowd, err = m.gather(ctx, s.People); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// come starts somebody's browser.
func (m *Meeting) come(ctx context.Context, at *Place, role string, number int, how Launch) (*Person, error) {
	sources, err := truth.Sources(m.files.Sound, number)
	if err != nil {
		return nil, err
	}
	how.Static, how.Script, how.Language = m.files.Static, truth.Script+pageScript, "en-GB"
	how.Temporary = m.profiles
	if role == "firm" {
		how.Language = "ko-KR"
	}
	how.Args = append(how.Args, sources.Flags()...)
	b, err := at.Launch(ctx, how)
	if err != nil {
		return nil, err
	}
	return &Person{Browser: b, Role: role, Number: number, Place: at}, nil
}

// begin brings everybody into the room, until they see each other.
func (m *Meeting) begin(ctx context.Context) error {
	booth, err := m.Server.Link("Booth 1")
	if err != nil {
		return err
	}
	link, err := m.Server.Link("Buyer GB-1")
	if err != nil {
		return err
	}
	if err := m.Firm.Open(ctx, booth); err != nil {
		return err
	}
	if err := m.Firm.At(ctx, "room"); err != nil {
		return err
	}
	if err := m.Buyer.Open(ctx, link); err != nil {
		return err
	}
	if m.Setting.Lobby {
		return m.Buyer.Ready(ctx)
	}
	if err := m.Buyer.Join(ctx); err != nil {
		return err
	}
	return m.See(ctx, patience)
}

// See waits until both see each other.
func (m *Meeting) See(ctx context.Context, within time.Duration) error {
	var both errgroup.Group
	both.Go(func() error { return m.Firm.Sees(ctx, m.Buyer.Role, within) })
	both.Go(func() error { return m.Buyer.Sees(ctx, m.Firm.Role, within) })
	return both.Wait()
}

// Calm gives the buyer back the line and the network of the setting, and waits until
// all is well.
func (m *Meeting) Calm(ctx context.Context) error {
	m.Buyer.Place.Wire.Both(Far(m.Setting.RoundTrip))
	if err := m.Buyer.Place.Allow(m.Setting.Policy); err != nil {
		return err
	}
	if err := m.See(ctx, patience); err != nil {
		return err
	}
	return pause(ctx, 2*time.Second)
}

// Line is the buyer's.
func (m *Meeting) Line(up, down line.Quality) { m.Buyer.Place.Wire.Set(up, down) }

// Keep leaves logs and pictures for whoever looks into a failure, and says where.
func (m *Meeting) Keep(ctx context.Context) string {
	m.kept = true
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var errs []error
	if m.Server != nil {
		errs = append(errs, os.WriteFile(filepath.Join(m.folder, "server.log"), []byte(m.Server.Log()), 0o600))
	}
	for _, p := range []*Person{m.Firm, m.Buyer} {
		if p == nil {
			continue
		}
		errs = append(errs, p.Screenshot(look, filepath.Join(m.folder, p.Role+".png")))
		var told string
		for _, line := range append(p.Faults(), p.Told()...) {
			told += line + "\n"
		}
		errs = append(errs, os.WriteFile(filepath.Join(m.folder, p.Role+".log"), []byte(told), 0o600))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Sprintf("%s (not all of it: %v)", m.folder, err)
	}
	return m.folder
}

// Close ends everything; files stay if they were kept.
func (m *Meeting) Close() error {
	var errs []error
	for _, p := range []*Person{m.Buyer, m.Firm} {
		if p != nil {
			errs = append(errs, p.Wake(), p.Browser.Close())
		}
	}
	if m.Crowd != nil {
		errs = append(errs, m.Crowd.Close())
	}
	if m.Server != nil {
		errs = append(errs, m.Server.Close())
	}
	if m.Lab != nil {
		errs = append(errs, m.Lab.Close())
	}
	if !m.kept {
		errs = append(errs, os.RemoveAll(m.folder))
	}
	return errors.Join(append(errs, os.RemoveAll(m.profiles))...)
}

// pause is a Sleep that ends with ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
