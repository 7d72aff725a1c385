package report

import (
	"math"
	"strconv"
	"strings"
)

// Language is of headings and words.
type Language string

// The languages of staff. Keys is none: headings and words are the names that
// programs know, the same for good.
const (
	Korean  Language = "ko"
	English Language = "en"
	Keys    Language = ""
)

// LanguageOf is Korean for what begins with ko, and else English: staff have
// these two.
func LanguageOf(tag string) Language {
	if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); base == "ko" {
		return Korean
	}
	return English
}

// words are those of one language.
type words struct {
	// Fixed after wordsOf.
	language Language
	headings map[string]string // of a column's key
	values   map[string]string // of "kind code"
}

func wordsOf(l Language) words {
	w := words{language: l, headings: map[string]string{}, values: map[string]string{}}
	pick := func(ko, en string) string {
		if l == Korean {
			return ko
		}
		return en
	}
	if l == Keys {
		return w
	}
	for _, h := range headings() {
		w.headings[h[0]] = pick(h[1], h[2])
	}
	for _, v := range values() {
		w.values[v[0]] = pick(v[1], v[2])
	}
	return w
}

// heading of a column.
func (w words) heading(key string) string {
	if h, ok := w.headings[key]; ok {
		return h
	}
	return key
}

// value puts a code into words; one that has none stays as it is.
func (w words) value(kind, code string) string {
	if v, ok := w.values[kind+" "+code]; ok {
		return v
	}
	return code
}

func (w words) sheet(s Sheet) string { return w.value("sheet", string(s)) }

// seconds tells a time span: seconds up to two minutes, then minutes.
func (w words) seconds(s float64) string {
	unit, n := "s", math.Round(s)
	if n >= 120 {
		unit, n = "min", math.Round(s/60)
	}
	text := strconv.FormatFloat(n, 'f', 0, 64)
	if w.language == Korean {
		return text + map[string]string{"s": "초", "min": "분"}[unit]
	}
	return text + " " + unit
}
