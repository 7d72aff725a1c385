package load

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/sfu"
	"sangdam/rooms/store"
	"sangdam/rooms/store/storetest"
	"sangdam/signaling"
	"sangdam/signaling/auth"
	"sangdam/signaling/desk"
)

// realHall is a hall of a whole server in this process.
func realHall(t *testing.T, count, people int) *Hall {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), store.Options{URL: storetest.Mini(t), Node: "n1", Dir: t.TempDir(), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	incarnation, err := s.StartNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := sfu.New(sfu.Config{UDP: "127.0.0.1:0", TCP: "127.0.0.1:0", Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	registry := rooms.NewRegistry(rooms.Deps{Store: s, Ledger: s, Media: engine, Logger: log, Node: "n1", Incarnation: incarnation})
	if err := registry.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := signaling.New(signaling.Deps{
		Desk:     desk.New(desk.Deps{Store: s, Rooms: registry, Ledger: s, Keeper: testKeeper(t), Logger: log}),
		Registry: registry, Engine: engine, Tokens: s, Paths: s, Logger: log, Records: signaling.NewRecords(s),
		Devices: auth.NewDevices(s, testKeeper(t), nil),
		Static:  fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>page</title>")}},
	})
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := server.Close(ctx)
		web.Close()
		err = errors.Join(err, registry.Close(ctx), engine.Close(), s.Close())
		if err != nil {
			t.Error(err)
		}
	})
	m := making(count, people)
	m.URL, m.Grace = web.URL, time.Second
	h, err := Make(t.Context(), s, testKeeper(t), m)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// realCrowd is one that nobody has come to yet.
func realCrowd(t *testing.T, h *Hall, p Plan) *Crowd {
	t.Helper()
	studio, err := NewStudio()
	if err != nil {
		t.Fatal(err)
	}
	self := Process(os.Getpid())
	c, err := NewCrowd(Deps{Hall: h, Plan: p, HTTP: &http.Client{Transport: &http.Transport{}}, Make: studio.Media, Self: self, Server: self})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		studio.Close()
	})
	return c
}

func TestCrowd_EverybodyComesIsHeardAndSeenAndGoes(t *testing.T) {
	p := plan()
	p.Rooms, p.People, p.Profile, p.Rate, p.Window = 1, 3, Screen, 0.2, time.Second
	c := realCrowd(t, realHall(t, 2, 3), p)
	if err := c.Fill(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	f, err := c.Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.People != 6 || f.Present != 6 || len(f.Failed) != 0 {
		t.Errorf("%d of %d are there; failed %v", f.Present, f.People, f.Failed)
	}
	if f.Join.Count != 4 || f.Picture.Count != 4 || f.Connect.Count != 6 { // the first of a room finds nobody
		t.Errorf("%d joins, %d pictures, %d connects", f.Join.Count, f.Picture.Count, f.Connect.Count)
	}
	if f.Got < 6*50 || f.Delay.Count == 0 || f.Sent == 0 || f.Server.PerPacket <= 0 {
		t.Errorf("figures %+v", f)
	}
	if err := c.Fill(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if f, err = c.Measure(t.Context()); err != nil || f.People != 3 || f.Present != 3 {
		t.Errorf("of one room %d of %d are there, %v", f.Present, f.People, err)
	}
}

func TestCrowd_WhateverSomebodyDoesTheyAreThereAgain(t *testing.T) {
	p := plan()
	p.Rate, p.LossUp, p.LossDown = 0.2, 0.02, 0.02
	c := realCrowd(t, realHall(t, 2, 2), p)
	if err := c.Fill(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	for i, kind := range changes() {
		c.change(c.rooms[i%2][i%3%2], kind, 50*time.Millisecond)
	}
	stop := c.Churn(60)
	_ = sleep(t.Context(), 2*time.Second)
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if away := c.Gather(ctx); away != 0 {
		t.Errorf("%d are away", away)
	}
	_, _, _, mended, failed := c.tally.happened()
	for _, kind := range changes() {
		if mended[kind.name] == 0 {
			t.Errorf("%s: never done; failed %v", kind.name, failed)
		}
	}
	if mended["resumed"] == 0 {
		t.Error("no socket was resumed")
	}
	before := new(Traffic)
	c.everybody(func(p *person) { p.addTo(before) })
	_ = sleep(t.Context(), time.Second)
	after := new(Traffic)
	c.everybody(func(p *person) { p.addTo(after) })
	if d := after.Less(before); d.Received < 4*25 {
		t.Errorf("%d packets arrive in a second", d.Received)
	}
}

func TestRun_RaisesTheRoomsUntilTheHallIsFull(t *testing.T) {
	p := plan()
	p.Rooms, p.Profile, p.Window = 1, Audio, 500*time.Millisecond
	h := realHall(t, 2, 2)
	c := realCrowd(t, h, p)
	var told []int
	r, err := Run(t.Context(), c, true, func(f Figures) { told = append(told, f.Rooms) })
	if err != nil || len(r.Steps) == 0 || len(told) != len(r.Steps) {
		t.Fatalf("%d steps, told %v: %v", len(r.Steps), told, err)
	}
	// How much this machine carries just now is not this test's to say.
	if last := told[len(told)-1]; r.TooMany == 0 && (r.Carried != 2 || last != 2) {
		t.Errorf("carried %d, told %v", r.Carried, told)
	}
	if err := h.EndRooms(t.Context(), c.deps.HTTP); err != nil {
		t.Error(err)
	}
	if err := h.EndRooms(t.Context(), c.deps.HTTP); err != nil {
		t.Errorf("ended twice: %v", err)
	}
}

func TestCrowd_AnotherEventIsNeverEntered(t *testing.T) {
	h := realHall(t, 1, 2)
	h.Event = practicePrefix + "other"
	c := realCrowd(t, h, plan())
	if err := c.Fill(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	f, err := c.Measure(t.Context())
	if err != nil || f.Present != 0 || f.Carried() {
		t.Errorf("%d are there, %v", f.Present, err)
	}
	if err := h.EndRooms(t.Context(), c.deps.HTTP); !errors.Is(err, errNotOurs) {
		t.Errorf("its rooms were ended: %v", err)
	}
}
