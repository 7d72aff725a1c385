// Command sangdam hosts live video consultations between firms in the booths of
// a support center and overseas buyers in a browser.
//
// Here is what a person types and what is wired to what: one file a subcommand,
// config.go for what can be set, node.go for the wiring. A program split into a
// signalling server and a media server was rejected: one center has one machine
// and one person who looks after it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // an image from scratch has no zone files

	"github.com/alecthomas/kong"
)

// version is set by the linker (see Makefile).
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	m := &Main{Stdout: os.Stdout, Stderr: os.Stderr, Version: version}
	code := m.Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// Main is the program as a value, so that a test can run it as a person would.
type Main struct {
	Stdout, Stderr io.Writer
	Stdin          *os.File // os.Stdin when nil
	Version        string

	Lookup func(ctx context.Context, host string) ([]netip.Addr, error) // names in DNS; nil: the machine's resolver
}

// commands is what a person can type.
type commands struct {
	ConfigFile kong.ConfigFlag `name:"config" placeholder:"FILE" help:"Read settings from this YAML file (see deploy/sangdam.yaml)."`

	Serve   serveCommand   `cmd:"" help:"Serve consultations, with Redis as the memory."`
	Demo    demoCommand    `cmd:"" help:"Show a whole consultation fair on this machine; nothing is kept."`
	Import  importCommand  `cmd:"" help:"Read a timetable (CSV or XLSX) into Redis and print the links."`
	Links   linksCommand   `cmd:"" help:"Print the links of an event again."`
	Report  reportCommand  `cmd:"" help:"Write what is known of an event: a table, a workbook, or the funder's pack."`
	Account accountCommand `cmd:"" help:"Accounts of staff: who may sign in to the console."`
	Verify  verifyCommand  `cmd:"" help:"Prove that the record of an event was not changed."`
	Load    loadCommand    `cmd:"" help:"Find out how many rooms this server holds: people come as browsers do, and what they get is measured."`
	Doctor  doctorCommand  `cmd:"" help:"Look for what would keep this server from working."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// failure is an error whose text is written for the person at the terminal:
// what is wrong and what to do next.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string {
	if f.cause == nil {
		return f.text
	}
	return fmt.Sprintf("%s (%v)", f.text, f.cause)
}

func (f *failure) Unwrap() error { return f.cause }

// helpShown ends the parser, not the program, when help was asked for.
type helpShown struct{}

// Run does what args say and returns the exit code: 0 done, 1 it did not work,
// 2 the command line or the settings are wrong.
func (m *Main) Run(ctx context.Context, args []string) (code int) {
	defer func() {
		// kong prints help from inside the parser and wants to leave; a panic is
		// the only way out of it that does not end the process of a test.
		if r := recover(); r != nil {
			if _, ok := r.(helpShown); !ok {
				panic(r)
			}
			code = 0
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("sangdam"),
		kong.Description("Live video consultations between a support center's booths and buyers abroad."),
		kong.Configuration(loadSettings),
		kong.DefaultEnvars(envPrefix),
		kong.Writers(m.Stdout, m.Stderr),
		kong.Exit(func(int) { panic(helpShown{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(m.Stderr, "sangdam:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(m.Stderr, "sangdam:", err)
		fmt.Fprintln(m.Stderr, "`sangdam --help` lists what can be said.")
		return 2
	}
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(m); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(m.Stderr, "sangdam:", err)
		return 1
	}
	return 0
}

type versionCommand struct{}

func (versionCommand) Run(m *Main) error {
	fmt.Fprintln(m.Stdout, "sangdam", m.Version)
	return nil
}
