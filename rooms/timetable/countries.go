package timetable

import (
	_ "embed"
	"slices"
	"strings"
)

// countryZones has a line "KR Asia/Seoul ROK" a country: its time zones by all
// their names.
//
//go:embed countryzones.txt
var countryZones string

// zonesOf lists the time zones of a country.
func zonesOf(country string) []string {
	for l := range strings.Lines(countryZones) {
		if rest, ok := strings.CutPrefix(l, country+" "); ok {
			return strings.Fields(rest)
		}
	}
	return nil
}

// isCountry tells whether a code is one of ISO 3166 (that has any clock).
func isCountry(code string) bool {
	return len(code) == 2 && code[0] != '#' && zonesOf(code) != nil
}

// zoneFits tells whether a zone is one of a country's, by any of its names.
func zoneFits(country, zone string) bool {
	zones := zonesOf(country)
	return zones == nil || slices.Contains(zones, zone)
}
