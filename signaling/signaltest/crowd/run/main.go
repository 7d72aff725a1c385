// Command run is a crowd that takes its orders from standard input, and ends with
// it; see package crowd. It is for tests and belongs to no installation.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"sangdam/signaling/signaltest/crowd"
)

func main() {
	period := flag.Duration("video-period", 125*time.Millisecond, "time between two pictures")
	flag.Parse()
	if err := crowd.Run(context.Background(), os.Stdin, os.Stdout, crowd.Options{VideoPeriod: *period}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
