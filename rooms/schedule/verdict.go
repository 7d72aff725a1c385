package schedule

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
