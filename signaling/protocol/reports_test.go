package protocol

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGolden_Reports compares examples of the record's bodies with what our
// types make of them.
func TestGolden_Reports(t *testing.T) {
	for name, body := range map[string]any{
		"attendance": &Attendance{}, "report-table": &ReportTable{}, "consultation-report": &ConsultationReport{},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/rest/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := strict(raw, body); err != nil {
				t.Fatal(err)
			}
			again, err := json.MarshalIndent(body, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(raw), string(again)+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
}
