package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/rooms/timetable"
	"sangdam/signaling/auth"
	"sangdam/signaling/desk"
)

type importCommand struct {
	Memory
	Edge
	Folder
	Event     string `placeholder:"ID" help:"Short name of the event; that of the file when not given. Importing it again changes what differs and keeps its links."`
	Name      string `placeholder:"NAME" help:"Name of the event as people read it; the short name when not given."`
	Organiser string `placeholder:"NAME" help:"Who holds the event."`
	Language  string `placeholder:"TAG" help:"Language of the booths and the coordinators, of a new event ko when not given. With ko this report is Korean, too."`
	DryRun    bool   `help:"Only tell what would be created, changed and cancelled. Without --redis the file alone is checked."`
	Timetable string `arg:"" type:"existingfile" placeholder:"FILE" help:"The timetable, CSV or XLSX with a heading line."`
}

// Run compares a timetable with the one in Redis, applies what differs and
// prints the links that are new.
func (c *importCommand) Run(ctx context.Context, m *Main) error {
	if c.Redis == "" && !c.DryRun {
		return errNoRedis
	}
	draft, err := c.read(m.Stdout)
	if err != nil {
		return err
	}
	if c.Redis == "" {
		next, changes := timetable.Plan(nil, draft.Event, nil)
		c.tell(m.Stdout, draft, next, changes)
		return nil
	}
	keeper, err := keeper(c.LinkKey, c.Data)
	if err != nil && !c.DryRun {
		return err
	}
	s, err := openStore(ctx, store.Options{URL: c.Redis, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	old, err := s.Event(ctx, draft.Event.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		old = nil
	case err != nil:
		return fmt.Errorf("read the timetable of %s: %w", draft.Event.ID, err)
	}
	states, err := s.RoomStates(ctx, draft.Event.ID)
	if err != nil {
		return fmt.Errorf("read the rooms of %s: %w", draft.Event.ID, err)
	}
	c.complete(old, draft.Event)
	next, changes := timetable.Plan(old, draft.Event, states)
	if err := next.Validate(); err != nil {
		return fmt.Errorf("%s was not imported: %w", c.Timetable, err)
	}
	c.tell(m.Stdout, draft, next, changes)
	if c.DryRun {
		return nil
	}
	if old == nil || !changes.Empty() || old.Name != next.Name || old.Organiser != next.Organiser || old.Language != next.Language {
		edit := schedule.EditRecord{At: time.Now().UTC(), By: "sangdam import", Op: "import", Changes: desk.PlanOf(changes)}
		if err := s.ChangeEvent(ctx, next, edit); err != nil {
			if errors.Is(err, store.ErrConflict) {
				return &failure{text: "somebody changed the timetable at this very moment, so nothing was imported: run this again", cause: err}
			}
			return fmt.Errorf("save the timetable: %w", err)
		}
	}
	return c.mint(ctx, m.Stdout, s, keeper, next)
}

// complete gives a draft what no file tells.
func (c *importCommand) complete(old, draft *schedule.Event) {
	draft.Name, draft.Organiser, draft.Language = c.Name, c.Organiser, c.Language
	if old != nil {
		return // what is empty stays as it is
	}
	if draft.Name == "" {
		draft.Name = string(draft.ID)
	}
	if draft.Language == "" {
		draft.Language = "ko"
	}
}

// mint makes the links that are still missing.
func (c *importCommand) mint(ctx context.Context, w io.Writer, s *store.Store, k *auth.Keeper, e *schedule.Event) error {
	all, err := desk.MakeLinks(ctx, s, k, e, time.Now())
	if errors.Is(err, auth.ErrOver) {
		fmt.Fprintln(w, c.say("The event is over: no links were made.", "지난 행사라서 링크를 만들지 않았습니다."))
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the links of %s: %w", e.ID, err)
	}
	var fresh []auth.Minted
	for _, l := range all {
		if l.Fresh {
			fresh = append(fresh, l)
		}
	}
	if kept := len(all) - len(fresh); kept > 0 {
		fmt.Fprintf(w, c.say("%d links that were given out before stay good.\n", "이미 나간 링크 %d개는 그대로 쓸 수 있습니다.\n"), kept)
	}
	if len(fresh) > 0 {
		fmt.Fprintf(w, c.say("%d new links (`sangdam links` prints them again):\n\n", "새 링크 %d개 (`sangdam links`로 다시 볼 수 있습니다):\n\n"), len(fresh))
		printLinks(w, e, c.publicURL(nil), fresh)
	}
	return nil
}

func (c *importCommand) korean() bool { return strings.HasPrefix(c.Language, "ko") }

func (c *importCommand) say(english, korean string) string {
	if c.korean() {
		return korean
	}
	return english
}

func (c *importCommand) words() string { return c.say("en", "ko") }

// read reads the timetable; the failure lists everything that is wrong, since a
// person mends a table in one go.
func (c *importCommand) read(w io.Writer) (*timetable.Draft, error) {
	id := c.Event
	if id == "" {
		base := filepath.Base(c.Timetable)
		id = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if !schedule.ValidID(schedule.EventID(id)) {
		return nil, fmt.Errorf("event: %q is no short name: letters, digits, dot, underscore and hyphen, e.g. yangju-2021; say --event ID", id)
	}
	f, err := os.Open(c.Timetable)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than may be, so that a larger file is told and not held.
	file, err := io.ReadAll(io.LimitReader(f, timetable.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	draft, problems := timetable.Import(file, c.Timetable)
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = "  " + p.Words(c.words())
	}
	told := strings.Join(lines, "\n")
	if draft == nil {
		return nil, errors.New(c.Timetable + c.say(" was not imported:\n", ": 가져오지 않았습니다.\n") + told)
	}
	if told != "" {
		fmt.Fprintln(w, told)
	}
	draft.Event.ID = schedule.EventID(id)
	return draft, nil
}

// tell says what an import does, and what does not fit.
func (c *importCommand) tell(w io.Writer, draft *timetable.Draft, e *schedule.Event, changes timetable.Changes) {
	fmt.Fprintf(w, c.say("%s: %d consultations, %d booths, %d firms, %d buyers, %d interpreters\n", "%s: 상담 %d건, 부스 %d개, 기업 %d개, 바이어 %d개, 통역 %d명\n"), e.ID,
		len(e.Consultations), len(e.Booths), len(e.Firms), len(e.Buyers), len(e.Interpreters))
	fmt.Fprintf(w, c.say("%d created, %d changed, %d cancelled, %d stay as they are\n", "신규 %d건, 변경 %d건, 취소 %d건, 그대로 %d건\n"),
		len(changes.Created), len(changes.Changed), len(changes.Cancelled), len(changes.Unchanged))
	list := func(all []timetable.Change, mark string) {
		for _, x := range all {
			for _, f := range x.Fields {
				fmt.Fprintf(w, "  %s %s: %s → %s%s\n", x.Consultation, f.Field, f.From, f.To, mark)
			}
		}
	}
	list(changes.Changed, "")
	for _, id := range changes.Cancelled {
		fmt.Fprintf(w, "  %s %s\n", id, c.say("cancelled", "취소"))
	}
	list(changes.Refused, c.say("  (left as it is: it has begun)", "  (이미 시작되어 그대로 둡니다)"))
	for _, x := range draft.Locate(timetable.Check(e)) {
		fmt.Fprintf(w, "  %s\n", x.Words(c.words()))
	}
	if c.DryRun {
		fmt.Fprintln(w, c.say("This was a dry run: nothing was saved.", "시험 실행이라 저장하지 않았습니다."))
	}
}

// printLinks writes one line a link: whom it is for, then the URL.
func printLinks(w io.Writer, e *schedule.Event, base string, links []auth.Minted) {
	for _, l := range links {
		fmt.Fprintf(w, "  %-24s %s\n", holder(e, l.Link.Grants), base+l.Path)
	}
}

// holder says whom a link is for.
func holder(e *schedule.Event, g schedule.Grants) string {
	if g.Kind == schedule.LinkConsole {
		return "coordinator"
	}
	if h := desk.HolderOf(e, g); h.Name != "" {
		return h.Name
	}
	return string(g.Role) + " " + g.Party
}
