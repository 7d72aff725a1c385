package netlab

import (
	"context"
	"time"
)

// rtt of all cases that do not say otherwise.
const rtt = 250 * time.Millisecond

// Cases are all that are tried, in the order of the table.
func Cases() []Case {
	far := Setting{RoundTrip: rtt}
	return []Case{
		{Name: "plain", Setting: far, Run: func(ctx context.Context, t *Trial) error {
			return pause(ctx, 5*time.Second)
		}},
	}
}
