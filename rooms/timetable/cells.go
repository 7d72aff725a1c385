package timetable

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// line is one row of a table.
type line struct {
	row   int // as a spreadsheet counts, from 1; 0: there is none left
	cells []cell
}

// cell is what a file has in one place. Only workbooks have numbers.
type cell struct {
	text    string
	number  float64
	numeric bool
	since   epoch
	formula bool
	failed  bool // #N/A and the like
}

// epoch is which day Excel counts from.
type epoch int

const (
	epoch1900 epoch = iota
	epoch1904
)

// day is the date of a serial number. Excel's 1900 system believes in a 29th
// of February of that year, so that all since March are counted from the 30th
// of December.
func (e epoch) day(serial float64) time.Time {
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if e == epoch1904 {
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return from.AddDate(0, 0, int(math.Floor(serial)))
}

// date reads a date; the layouts have the year first, since 06/12/2021 is two
// different days.
func (c cell) date() (time.Time, bool) {
	if c.numeric && c.number >= 36526-1462 && c.number < 80000 {
		return c.since.day(c.number), true
	}
	s := strings.NewReplacer("년", "-", "월", "-", "일", "", ".", "-", "/", "-", " ", "").Replace(clean(c.text))
	s = strings.TrimSuffix(s, "-") // 2021. 12. 6.
	s, _ = strings.CutSuffix(s, "T00:00:00")
	s, _ = strings.CutSuffix(s, "00:00:00")
	for _, layout := range []string{"2006-1-2", "20060102"} {
		if d, err := time.Parse(layout, s); err == nil && d.Year() >= 2000 && d.Year() < 2100 {
			return d, true
		}
	}
	return time.Time{}, false
}

// clock reads a time of day in whole minutes.
func (c cell) clock() (time.Duration, bool) {
	if c.numeric {
		_, part := math.Modf(c.number)
		if c.number < 0 || c.number >= 1 && part == 0 {
			return 0, false // 9 is no time of day
		}
		m := time.Duration(math.Round(part*24*60)) * time.Minute
		return m, m < 24*time.Hour
	}
	s := strings.ToUpper(clean(c.text))
	half := ""
	for _, mark := range []string{"오전", "오후", "AM", "PM"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			s, half = rest, mark
		} else if rest, ok := strings.CutSuffix(s, mark); ok {
			s, half = rest, mark
		}
	}
	s = strings.ReplaceAll(strings.TrimSpace(s), "시", ":")
	s = strings.ReplaceAll(strings.TrimSuffix(s, "분"), " ", "")
	if strings.HasSuffix(s, ":") {
		s += "00"
	}
	at, err := time.Parse("15:4", s)
	if err != nil {
		if at, err = time.Parse("15:4:05", s); err != nil || at.Second() != 0 {
			return 0, false
		}
	}
	h := at.Hour()
	switch {
	case half != "" && (h == 0 || h > 12):
		return 0, false
	case half == "오후" || half == "PM":
		h = h%12 + 12
	case half != "":
		h %= 12
	}
	return time.Duration(h)*time.Hour + time.Duration(at.Minute())*time.Minute, true
}

// clean takes the blanks around a cell off, those of other scripts too.
func clean(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
}

// reference is a cell's name in a spreadsheet, like F12.
func reference(column, row int) string {
	var s string
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s + strconv.Itoa(row)
}

// wallTime finds the moments at which the clocks of loc show what wall shows
// in UTC: two when they are put back over it, none when they skip it.
func wallTime(wall time.Time, loc *time.Location) []time.Time {
	var found []time.Time
	for _, probe := range []time.Duration{26 * time.Hour, -26 * time.Hour} { // both sides of any change
		_, offset := wall.Add(-probe).In(loc).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.In(loc).Format(time.DateTime) != wall.Format(time.DateTime) {
			continue
		}
		switch {
		case len(found) == 0:
			found = append(found, at)
		case at.Before(found[0]):
			found = []time.Time{at, found[0]}
		case at.After(found[0]):
			found = append(found, at)
		}
	}
	return found
}

// languageTag brings a BCP 47 tag into its usual case and holds it to its form
// (RFC 5646, section 2.1), not to the registry. A bare zh is simplified
// Chinese.
func languageTag(s string) (string, bool) {
	subtags := strings.Split(strings.ReplaceAll(s, "_", "-"), "-")
	for i, sub := range subtags {
		if len(sub) == 0 || len(sub) > 8 || i == 0 && (len(sub) < 2 || len(sub) > 3) {
			return "", false
		}
		for _, c := range sub {
			letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return "", false
			}
		}
		sub = strings.ToLower(sub)
		switch {
		case i > 0 && len(sub) == 4:
			sub = strings.ToUpper(sub[:1]) + sub[1:]
		case i > 0 && len(sub) == 2:
			sub = strings.ToUpper(sub)
		}
		subtags[i] = sub
	}
	switch tag := strings.Join(subtags, "-"); tag {
	case "zh", "zh-CN", "zh-SG":
		return "zh-Hans", true
	case "zh-TW", "zh-HK", "zh-MO":
		return "zh-Hant", true
	default:
		return tag, true
	}
}

// speaks tells whether one of the languages is the wanted one, regions and
// scripts aside.
func speaks(languages []string, wanted string) bool {
	base := func(tag string) string {
		b, _, _ := strings.Cut(strings.ToLower(tag), "-")
		return b
	}
	for _, l := range languages {
		if base(l) == base(wanted) {
			return true
		}
	}
	return false
}
