// Command gen writes the OpenAPI document that the client's types are made
// from: go run ./signaling/api/gen FILE, or to standard output without one.
package main

import (
	"fmt"
	"os"

	"sangdam/signaling/api"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	doc, err := api.Document()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		_, err = os.Stdout.Write(doc)
		return err
	}
	return os.WriteFile(args[0], doc, 0o644)
}
