package schedule

import "strings"

// Verdict says how a consultation went. It is empty while nobody can tell.
type Verdict string

const (
	VerdictHeld        Verdict = "held"
	VerdictShort       Verdict = "short"
	VerdictNoShowBuyer Verdict = "no_show_buyer"
	VerdictNoShowFirm  Verdict = "no_show_firm"
	VerdictNoShowBoth  Verdict = "no_show_both"
	VerdictTechnical   Verdict = "technical"     // only by a coordinator
	VerdictByPhone     Verdict = "held_by_phone" // only by a coordinator
)

// Verdicts lists all of them.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictHeld, VerdictShort, VerdictNoShowBuyer, VerdictNoShowFirm, VerdictNoShowBoth,
		VerdictTechnical, VerdictByPhone,
	}
}

// NoShow is the verdict for which sides never came; empty when both did.
func NoShow(firmMissing, buyerMissing bool) Verdict {
	switch {
	case firmMissing && buyerMissing:
		return VerdictNoShowBoth
	case firmMissing:
		return VerdictNoShowFirm
	case buyerMissing:
		return VerdictNoShowBuyer
	}
	return ""
}

// Decision is a coordinator's verdict on a consultation; an empty Verdict
// takes an earlier one back.
type Decision struct {
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"`
}

// Detail is how a Decision stands in the ledger: the verdict, and after a colon
// the reason.
func (d Decision) Detail() string {
	if d.Reason == "" {
		return string(d.Verdict)
	}
	return string(d.Verdict) + ": " + d.Reason
}

// ReadDecision reads the Detail of an EntryVerdict.
func ReadDecision(detail string) Decision {
	verdict, reason, _ := strings.Cut(detail, ":")
	return Decision{Verdict: Verdict(verdict), Reason: strings.TrimSpace(reason)}
}
