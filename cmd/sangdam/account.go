package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/staff"
)

// accountCommand works on the accounts of staff: the first administrator has
// nobody else to ask, and neither has one who forgot the passphrase.
type accountCommand struct {
	Add        accountAdd        `cmd:"" help:"Make an account for a coordinator, a viewer or an administrator."`
	List       accountList       `cmd:"" help:"List the accounts."`
	Passphrase accountPassphrase `cmd:"" help:"Give an account another passphrase; it is signed out everywhere."`
	Disable    accountDisable    `cmd:"" help:"Let nobody in by an account; it is signed out everywhere."`
	Enable     accountEnable     `cmd:"" help:"Let a disabled account in again."`
}

// secret says where a passphrase comes from. On the command line itself it would
// stand in the shell's history and in the list of processes.
type secret struct {
	Ask   bool `xor:"secret" help:"Type the passphrase here, without seeing it; otherwise one is made and printed."`
	Stdin bool `xor:"secret" help:"Read the passphrase from standard input, one line."`
}

// read returns the passphrase; empty: one is to be made.
func (s secret) read(m *Main) (string, error) {
	in := m.Stdin
	if in == nil {
		in = os.Stdin
	}
	switch {
	case s.Stdin:
		line, err := bufio.NewReader(io.LimitReader(in, 4<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the passphrase: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("standard input has no passphrase: its first line is empty")
		}
		return line, nil
	case s.Ask:
		once, err := ask(in, m.Stderr, "Passphrase: ")
		if err != nil {
			return "", err
		}
		again, err := ask(in, m.Stderr, "Once more: ")
		if err != nil {
			return "", err
		}
		if once != again {
			return "", errors.New("the two are not the same: nothing was changed")
		}
		if once == "" {
			return "", errors.New("the passphrase is empty: leave --ask out to have one made")
		}
		return once, nil
	}
	return "", nil
}

func ask(in *os.File, out io.Writer, prompt string) (string, error) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return "", errors.New("standard input is no terminal: say --stdin to read the passphrase from it")
	}
	fmt.Fprint(out, prompt)
	b, err := term.ReadPassword(fd)
	fmt.Fprintln(out)
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	return string(b), nil
}

// ledgerNow takes down what the commands do. Redis was there a moment ago; when
// it is not any more the person is told, and the account is changed all the same.
type ledgerNow struct {
	ctx   context.Context
	store *store.Store
	out   io.Writer
}

func (l ledgerNow) Append(e schedule.Entry) {
	if err := l.store.AppendNow(l.ctx, e); err != nil {
		fmt.Fprintln(l.out, "sangdam: this does not stand in the audit log:", err)
	}
}

// withOffice runs do on the accounts in Redis.
func withOffice(ctx context.Context, m *Main, where Memory, do func(*staff.Office, *store.Store) error) error {
	if where.Redis == "" {
		return errNoRedis
	}
	s, err := openStore(ctx, store.Options{URL: where.Redis, Node: staff.Terminal, Logger: quiet})
	if err != nil {
		return err
	}
	defer s.Close()
	return do(staff.New(staff.Deps{Store: s, Hasher: auth.NewHasher(), Ledger: ledgerNow{ctx, s, m.Stderr}}), s)
}

// told is an error for the person at the terminal.
func told(err error) error {
	if f := protocol.AsFault(err); f.Detail != "" {
		return &failure{text: f.Detail}
	}
	return err
}

type accountAdd struct {
	Memory
	secret
	Login string   `arg:"" placeholder:"LOGIN" help:"What the person types to sign in: an address of mail, or a short name."`
	Name  string   `placeholder:"NAME" help:"What others see; the login when not given."`
	Right string   `enum:"viewer,coordinator,administrator" default:"coordinator" help:"What the account may do: viewer, coordinator or administrator."`
	Event []string `placeholder:"EVENT" help:"Events that it may enter; may be said again. All when none is given."`
}

// Run makes an account.
func (c *accountAdd) Run(ctx context.Context, m *Main) error {
	passphrase, err := c.read(m)
	if err != nil {
		return err
	}
	name := c.Name
	if name == "" {
		name = c.Login
	}
	return withOffice(ctx, m, c.Memory, func(o *staff.Office, _ *store.Store) error {
		made, err := o.Add(ctx, staff.Terminal, protocol.NewAccount{
			Login: c.Login, Name: name, Right: c.Right, Events: c.Event, Passphrase: passphrase,
		})
		if err != nil {
			return told(err)
		}
		fmt.Fprintf(m.Stdout, "%s may sign in as %s.\n", made.Account.Login, made.Account.Right)
		tellPassphrase(m, made.Passphrase)
		return nil
	})
}

func tellPassphrase(m *Main, passphrase string) {
	if passphrase != "" {
		fmt.Fprintf(m.Stdout, "Passphrase, told this once: %s\n", passphrase)
	}
}

type accountList struct {
	Memory
}

// Run lists the accounts.
func (c *accountList) Run(ctx context.Context, m *Main) error {
	return withOffice(ctx, m, c.Memory, func(_ *staff.Office, s *store.Store) error {
		all, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		sessions, err := s.StaffSessions(ctx)
		if err != nil {
			return err
		}
		for _, a := range all {
			here := 0
			for _, x := range sessions {
				if x.Account == a.ID && !auth.Over(x, time.Now()) {
					here++
				}
			}
			by, where := "passphrase", "all events"
			switch {
			case a.Disabled:
				by = "disabled"
			case a.Subject != "" && a.Hash != "":
				by = "passphrase, OpenID"
			case a.Subject != "":
				by = "OpenID"
			case a.Hash == "":
				by = "no passphrase"
			}
			if len(a.Events) > 0 {
				ids := make([]string, len(a.Events))
				for i, e := range a.Events {
					ids[i] = string(e)
				}
				where = strings.Join(ids, " ")
			}
			fmt.Fprintf(m.Stdout, "  %-28s %-14s %-20s %-10s %s (%s)\n", a.Login, a.Right, by, fmt.Sprintf("%d here", here), a.Name, where)
		}
		return nil
	})
}

type accountPassphrase struct {
	Memory
	secret
	Login string `arg:"" placeholder:"LOGIN" help:"Whose."`
}

// Run gives an account another passphrase.
func (c *accountPassphrase) Run(ctx context.Context, m *Main) error {
	passphrase, err := c.read(m)
	if err != nil {
		return err
	}
	return changeAccount(ctx, m, c.Memory, c.Login, protocol.ChangeAccount{Passphrase: &passphrase}, "has another passphrase, and is signed out everywhere")
}

type accountDisable struct {
	Memory
	Login string `arg:"" placeholder:"LOGIN" help:"Whose."`
}

// Run lets nobody in by an account.
func (c *accountDisable) Run(ctx context.Context, m *Main) error {
	yes := true
	return changeAccount(ctx, m, c.Memory, c.Login, protocol.ChangeAccount{Disabled: &yes}, "cannot sign in any more, and is signed out everywhere")
}

type accountEnable struct {
	Memory
	Login string `arg:"" placeholder:"LOGIN" help:"Whose."`
}

// Run lets a disabled account in again.
func (c *accountEnable) Run(ctx context.Context, m *Main) error {
	no := false
	return changeAccount(ctx, m, c.Memory, c.Login, protocol.ChangeAccount{Disabled: &no}, "may sign in again")
}

// changeAccount changes an account by its login. Consoles that are open end
// within half a minute: their server looks that often.
func changeAccount(ctx context.Context, m *Main, where Memory, login string, in protocol.ChangeAccount, done string) error {
	return withOffice(ctx, m, where, func(o *staff.Office, s *store.Store) error {
		a, ok, err := s.AccountOfLogin(ctx, auth.Login(login))
		if err != nil {
			return err
		}
		if !ok {
			return &failure{text: fmt.Sprintf("there is no account %s: `sangdam account list` tells which there are", auth.Login(login))}
		}
		made, err := o.Change(ctx, staff.Terminal, a.ID, in)
		if err != nil {
			return told(err)
		}
		fmt.Fprintf(m.Stdout, "%s %s.\n", a.Login, done)
		tellPassphrase(m, made.Passphrase)
		return nil
	})
}
