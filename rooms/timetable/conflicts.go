package timetable

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
)

// ConflictCode says what does not fit in a timetable. The set is closed. A
// conflict is told and may be accepted: the clock copes with it.
type ConflictCode string

const (
	// Of two consultations of one booth or party. Params: party, its name.
	ConflictBoothBusy       ConflictCode = "booth_busy"
	ConflictFirmBusy        ConflictCode = "firm_busy"
	ConflictBuyerBusy       ConflictCode = "buyer_busy"
	ConflictInterpreterBusy ConflictCode = "interpreter_busy"

	// Of two that follow one another too closely. Params: party, minutes
	// between them, gap that there should be.
	ConflictBoothGap       ConflictCode = "booth_gap"
	ConflictFirmGap        ConflictCode = "firm_gap"
	ConflictBuyerGap       ConflictCode = "buyer_gap"
	ConflictInterpreterGap ConflictCode = "interpreter_gap"

	// Of one.
	ConflictBuyerNight          ConflictCode = "buyer_night"          // party; from, to and weekday (0 is Sunday) on the buyer's clock; zone
	ConflictTimeTwice           ConflictCode = "time_twice"           // time, zone: the center's clocks show it twice
	ConflictInterpreterLanguage ConflictCode = "interpreter_language" // party, language, speaks

	// Of a buyer, told once, with the buyer's consultations.
	ConflictZoneCountry ConflictCode = "zone_country" // party, zone, country
)

// The hours in which a buyer may be asked to sit down, on the buyer's clock.
const (
	dayBegins = 7 * time.Hour
	dayEnds   = 22 * time.Hour
)

// Conflict is something in an event that does not fit.
type Conflict struct {
	Code          ConflictCode              `json:"code"`
	Consultations []schedule.ConsultationID `json:"consultations"`   // ascending by start
	Party         string                    `json:"party,omitempty"` // id of the booth, firm, buyer or interpreter
	Column        string                    `json:"column"`          // where in a file it could be mended
	Rows          []int                     `json:"rows,omitempty"`  // of the consultations, after Draft.Locate; 0: not in the file
	Params        map[string]string         `json:"params,omitempty"`
}

// key tells conflicts apart.
func (c Conflict) key() string {
	k := string(c.Code) + "\x00" + c.Party
	if c.Code == ConflictZoneCountry {
		return k
	}
	if c.Code == ConflictTimeTwice {
		k += c.Column
	}
	for _, id := range c.Consultations {
		k += "\x00" + string(id)
	}
	return k
}

// Locate adds the rows of the file that the consultations stand in.
func (d *Draft) Locate(all []Conflict) []Conflict {
	out := slices.Clone(all)
	for i := range out {
		out[i].Rows = make([]int, len(out[i].Consultations))
		for j, id := range out[i].Consultations {
			out[i].Rows[j] = d.Rows[id]
		}
	}
	return out
}

// Check finds every conflict of an event, ascending by the time of the first
// consultation that it is about. Cancelled consultations have none.
func Check(e *schedule.Event) []Conflict {
	c := &checker{event: e, names: e.Names(), gap: e.Policy.Gap, zones: make(map[string]*time.Location)}
	if c.gap == 0 {
		c.gap = schedule.DefaultPolicy().Gap
	}
	for _, o := range e.Consultations {
		if !o.Cancelled {
			c.held = append(c.held, o)
		}
	}
	slices.SortStableFunc(c.held, byStart)
	for _, p := range parties() {
		c.pairs(p)
	}
	c.singles()
	at := make(map[schedule.ConsultationID]int, len(c.held))
	for i, o := range c.held {
		at[o.ID] = i
	}
	slices.SortStableFunc(c.found, func(a, b Conflict) int { return cmp.Compare(at[a.Consultations[0]], at[b.Consultations[0]]) })
	return c.found
}

// shared is one of the four that can be in one place only.
type shared struct {
	what      string
	column    string
	of        func(schedule.Consultation) string
	busy, gap ConflictCode
}

func parties() []shared {
	return []shared{
		{"booth", colBooth, func(c schedule.Consultation) string { return string(c.Booth) }, ConflictBoothBusy, ConflictBoothGap},
		{"firm", colFirm, func(c schedule.Consultation) string { return string(c.Firm) }, ConflictFirmBusy, ConflictFirmGap},
		{"buyer", colBuyer, func(c schedule.Consultation) string { return string(c.Buyer) }, ConflictBuyerBusy, ConflictBuyerGap},
		{"interpreter", colInterpreter, func(c schedule.Consultation) string { return string(c.Interpreter) }, ConflictInterpreterBusy, ConflictInterpreterGap},
	}
}

type checker struct {
	event *schedule.Event
	names schedule.Names
	gap   time.Duration
	held  []schedule.Consultation // ascending
	found []Conflict
	zones map[string]*time.Location
}

// maxOverlaps keeps a timetable in which all is at once from being told in
// millions of pairs.
const maxOverlaps = 1_000

// pairs compares the consultations of each party.
func (c *checker) pairs(p shared) {
	of := make(map[string][]schedule.Consultation)
	for _, o := range c.held {
		if id := p.of(o); id != "" {
			of[id] = append(of[id], o)
		}
	}
	told := 0
	for _, o := range c.held {
		id := p.of(o)
		all := of[id]
		if id == "" || len(all) == 0 || all[0].ID != o.ID {
			continue // once a party, in the order of their first
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				between := b.Start.Sub(a.End)
				if between >= c.gap || told >= maxOverlaps {
					break
				}
				told++
				found := Conflict{Code: p.busy, Consultations: []schedule.ConsultationID{a.ID, b.ID}, Party: id, Column: p.column, Params: map[string]string{"party": c.name(p.what, id)}}
				if between >= 0 {
					found.Code = p.gap
					found.Params["minutes"], found.Params["gap"] = minutes(between), minutes(c.gap)
				}
				c.found = append(c.found, found)
			}
		}
	}
}

func minutes(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

func (c *checker) name(what, id string) string {
	switch what {
	case "booth":
		return c.names.Booths[schedule.BoothID(id)]
	case "firm":
		return c.names.Firms[schedule.FirmID(id)]
	case "buyer":
		return c.names.Buyers[schedule.BuyerID(id)]
	}
	return c.names.Interpreters[schedule.InterpreterID(id)]
}

func (c *checker) location(name string) *time.Location {
	loc, known := c.zones[name]
	if !known {
		var err error
		if loc, err = time.LoadLocation(name); err != nil {
			loc = time.UTC
		}
		c.zones[name] = loc
	}
	return loc
}

// singles looks at each consultation and each buyer for itself.
func (c *checker) singles() {
	buyers := make(map[schedule.BuyerID]schedule.Buyer, len(c.event.Buyers))
	for _, b := range c.event.Buyers {
		buyers[b.ID] = b
	}
	interpreters := make(map[schedule.InterpreterID]schedule.Interpreter, len(c.event.Interpreters))
	for _, i := range c.event.Interpreters {
		interpreters[i.ID] = i
	}
	center := c.location(c.event.Zone)
	unfit := make(map[schedule.BuyerID]int) // to the place in found
	for _, o := range c.held {
		id := []schedule.ConsultationID{o.ID}
		buyer, known := buyers[o.Buyer]
		if known {
			zone := c.location(buyer.Zone)
			if from, to := o.Start.In(zone), o.End.In(zone); night(from, to) {
				c.found = append(c.found, Conflict{ConflictBuyerNight, id, string(buyer.ID), colStart, nil, map[string]string{
					"party": buyer.Name, "from": from.Format("15:04"), "to": to.Format("15:04"), "weekday": strconv.Itoa(int(from.Weekday())), "zone": buyer.Zone,
				}})
			}
			if at, told := unfit[buyer.ID]; told {
				c.found[at].Consultations = append(c.found[at].Consultations, o.ID)
			} else if !zoneFits(buyer.Country, buyer.Zone) {
				unfit[buyer.ID] = len(c.found)
				c.found = append(c.found, Conflict{ConflictZoneCountry, id, string(buyer.ID), colBuyerZone, nil, map[string]string{
					"party": buyer.Name, "zone": buyer.Zone, "country": buyer.Country,
				}})
			}
		}
		for i, at := range []time.Time{o.Start, o.End} {
			if local := at.In(center); len(wallTime(at.UTC().Add(offset(local)), center)) > 1 {
				c.found = append(c.found, Conflict{ConflictTimeTwice, id, "", []string{colStart, colEnd}[i], nil, map[string]string{"time": local.Format("15:04"), "zone": c.event.Zone}})
			}
		}
		if i, interpreted := interpreters[o.Interpreter]; interpreted && known && !speaks(i.Languages, buyer.Language) {
			c.found = append(c.found, Conflict{ConflictInterpreterLanguage, id, string(i.ID), colLanguages, nil, map[string]string{
				"party": i.Name, "language": buyer.Language, "speaks": strings.Join(i.Languages, ","),
			}})
		}
	}
}

// offset is what a zone is ahead of UTC.
func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// night tells whether a window, on the buyer's clock, leaves the hours in which
// a buyer may be asked to sit down.
func night(from, to time.Time) bool {
	return sinceMidnight(from) < dayBegins || sinceMidnight(to) > dayEnds || from.YearDay() != to.YearDay()
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}

// Words say the conflict in Korean ("ko") or else in English.
func (c Conflict) Words(language string) string {
	ids := make([]string, len(c.Consultations))
	for i, id := range c.Consultations {
		ids[i] = string(id)
	}
	where := strings.Join(ids, ", ")
	var rows []string
	for _, r := range c.Rows {
		if r > 0 {
			rows = append(rows, strconv.Itoa(r))
		}
	}
	if len(rows) > 0 {
		if language == "ko" {
			where += " (" + strings.Join(rows, ", ") + "행)"
		} else {
			where += " (row " + strings.Join(rows, ", ") + ")"
		}
	}
	return where + ": " + fill(conflictWords(c.Code).in(language), "", c.Params)
}

func conflictWords(code ConflictCode) phrase {
	switch code {
	case ConflictBoothBusy:
		return phrase{"{party} has both at the same time. Move one, or give it another booth.", "{party}에 같은 시간에 두 상담이 있습니다. 시간이나 부스를 바꾸세요."}
	case ConflictFirmBusy, ConflictBuyerBusy:
		return phrase{"{party} has both at the same time. Move one.", "{party}의 두 상담이 같은 시간에 있습니다. 하나를 옮기세요."}
	case ConflictInterpreterBusy:
		return phrase{"{party} has both at the same time. Move one, or give it another interpreter.", "{party}의 두 상담이 같은 시간에 있습니다. 시간이나 통역사를 바꾸세요."}
	case ConflictBoothGap, ConflictFirmGap, ConflictBuyerGap, ConflictInterpreterGap:
		return phrase{"{party} has only {minutes} minutes between them; it should be {gap}.", "{party}의 두 상담 사이가 {minutes}분뿐입니다. {gap}분은 되어야 합니다."}
	case ConflictBuyerNight:
		return phrase{"For {party} it is {from}–{to} then ({zone}): not between 07:00 and 22:00.", "{party}의 현지 시각은 {from}–{to}입니다({zone}). 07:00–22:00 밖입니다."}
	case ConflictTimeTwice:
		return phrase{"The clocks of {zone} show {time} twice that day. The first is meant; better choose another time.", "{zone}에서는 그날 {time}이(가) 두 번 있습니다. 첫 번째로 봅니다. 다른 시각이 낫습니다."}
	case ConflictInterpreterLanguage:
		return phrase{"{party} does not interpret {language} (only {speaks}).", "{party}은(는) {language} 통역이 아닙니다({speaks}만 가능)."}
	case ConflictZoneCountry:
		return phrase{"{party} is in {country}, but {zone} is not a time zone of it.", "{party}의 국가는 {country}인데 {zone}은(는) 그 나라 시간대가 아닙니다."}
	}
	return phrase{string(code), string(code)}
}
