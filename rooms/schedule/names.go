package schedule

// Names are what people call an event's booths and parties; the ledger has
// none.
type Names struct {
	Booths       map[BoothID]string
	Firms        map[FirmID]string
	Buyers       map[BuyerID]string
	Interpreters map[InterpreterID]string
}

// Names lists them all. The maps are the caller's own.
func (e *Event) Names() Names {
	n := Names{
		make(map[BoothID]string, len(e.Booths)), make(map[FirmID]string, len(e.Firms)),
		make(map[BuyerID]string, len(e.Buyers)), make(map[InterpreterID]string, len(e.Interpreters)),
	}
	for _, x := range e.Booths {
		n.Booths[x.ID] = x.Name
	}
	for _, x := range e.Firms {
		n.Firms[x.ID] = x.Name
	}
	for _, x := range e.Buyers {
		n.Buyers[x.ID] = x.Name
	}
	for _, x := range e.Interpreters {
		n.Interpreters[x.ID] = x.Name
	}
	return n
}
