package rooms_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms"
	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

const slotHelper = sfu.RoomPairs + sfu.RoomAudios - 1

// hears is whose microphone sounds a coordinator to a person.
func (h *hall) hears(session string) sfu.PeerID {
	return h.media.binding(sfu.PeerID("peer-"+session), slotHelper).Audio.Peer
}

func (h *hall) help(w *rooms.Wall, c schedule.ConsultationID, mode rooms.HelpMode, to schedule.Role) {
	h.t.Helper()
	if err := w.Help(h.t.Context(), c, mode, to); err != nil {
		h.t.Fatalf("%s in %s: %v", mode, c, err)
	}
	synctest.Wait()
}

func TestHelp_SpeakingIsHeardByThoseItIsMeantFor(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		_, f := h.join("S02/firm", "f")
		_, b := h.join("S02/buyer", "b")
		wall, _, w := h.wall("kim")
		want(t, "before", h.media.isOpen("wall-kim", sfu.Microphone), false)

		h.help(wall, "S02", rooms.HelpListen, "")
		want(t, "listening is told", f.helped(), []string{"name of kim listen"})
		want(t, "and needs no microphone", h.media.isOpen("wall-kim", sfu.Microphone), false)
		h.help(wall, "S02", rooms.HelpSpeak, "")
		want(t, "its microphone is open", h.media.isOpen("wall-kim", sfu.Microphone), true)
		want(t, "heard by", []sfu.PeerID{h.hears("f"), h.hears("b")}, []sfu.PeerID{"wall-kim", "wall-kim"})
		want(t, "told", b.helped(), []string{"name of kim speak to me"})
		_, late := h.join("S02/firm/2", "f2")
		want(t, "heard by who comes later", h.hears("f2"), sfu.PeerID("wall-kim"))
		want(t, "told to them", late.helped(), []string{"name of kim speak to me"})

		h.help(wall, "S02", rooms.HelpSpeak, schedule.RoleBuyer)
		want(t, "a whisper is heard by", []sfu.PeerID{h.hears("f"), h.hears("f2"), h.hears("b")}, []sfu.PeerID{"", "", "wall-kim"})
		want(t, "told to whom it is for", b.helped(), []string{"name of kim speak to me"})
		want(t, "and not to the others", f.helped(), []string{"name of kim listen"})
		want(t, "on the board", helping(h.row("S02").Helpers), []string{"name of kim speak to buyer"})
		want(t, "who is where", w.heard().staff[0].Helps, schedule.ConsultationID("S02"))

		h.help(wall, "", rooms.HelpQuiet, "")
		want(t, "quiet", []sfu.PeerID{h.hears("f"), h.hears("b")}, []sfu.PeerID{"", ""})
		want(t, "its microphone is shut", h.media.isOpen("wall-kim", sfu.Microphone), false)
		want(t, "told that it is over", b.helped(), []string{})
		want(t, "nowhere", w.heard().staff[0].Helps, schedule.ConsultationID(""))
		want(t, "the record", h.acts(), []string{
			"kim listen S02: ", "kim speak S02: ", "kim whisper S02 S02/buyer: ", "kim quiet S02: ",
		})
		want(t, "attendance knows nothing of it", len(h.ledger.of(schedule.EntrySeatJoined)), 3)
	})
}

func TestHelp_ListensSilentlyByPolicyAndNeverSpeaksSo(t *testing.T) {
	e := fair()
	e.Policy.SilentListening = true
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, e)
		defer h.close()
		h.until(20)
		_, f := h.join("S02/firm", "f")
		_, b := h.join("S02/buyer", "b")
		wall, _, _ := h.wall("kim")
		h.help(wall, "S02", rooms.HelpListen, "")
		want(t, "not told", len(f.helped()), 0)
		want(t, "consoles know", helping(h.row("S02").Helpers), []string{"name of kim listen"})
		h.help(wall, "S02", rooms.HelpSpeak, schedule.RoleFirm)
		want(t, "told to whom it is for", f.helped(), []string{"name of kim speak to me"})
		want(t, "and to nobody else", len(b.helped()), 0)
	})
}

func TestHelp_OneSpeaksInARoomAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		kim, _, _ := h.wall("kim")
		lee, _, _ := h.wall("lee")
		h.help(kim, "S02", rooms.HelpSpeak, "")
		h.help(lee, "S02", rooms.HelpListen, "")
		if err := lee.Help(t.Context(), "S02", rooms.HelpSpeak, schedule.RoleFirm); !errors.Is(err, rooms.ErrInUse) {
			t.Fatalf("a second voice: %v", err)
		}
		want(t, "its microphone stays shut", h.media.isOpen("wall-lee", sfu.Microphone), false)
		want(t, "it listens on", helping(h.row("S02").Helpers), []string{"name of kim speak", "name of lee listen"})
		h.help(kim, "S02", rooms.HelpListen, "")
		h.help(lee, "S02", rooms.HelpSpeak, "")
		want(t, "heard", h.hears("f"), sfu.PeerID("wall-lee"))
	})
}

func TestHelp_EveryEndIsQuietAtOnce(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, h *hall, wall *rooms.Wall, watch *rooms.Watch){
		"it is quiet": func(t *testing.T, h *hall, wall *rooms.Wall, _ *rooms.Watch) {
			ok(t, wall.Help(t.Context(), "S02", rooms.HelpQuiet, ""))
		},
		"the wall is stopped": func(_ *testing.T, _ *hall, wall *rooms.Wall, _ *rooms.Watch) { wall.Stop() },
		"the console ends":    func(_ *testing.T, _ *hall, _ *rooms.Wall, watch *rooms.Watch) { watch.Stop() },
		"it helps another room": func(t *testing.T, h *hall, wall *rooms.Wall, _ *rooms.Watch) {
			h.help(wall, "S01", rooms.HelpListen, "")
		},
		"its socket is lost for ten seconds": func(t *testing.T, h *hall, wall *rooms.Wall, _ *rooms.Watch) {
			wall.Socket(false)
			time.Sleep(9 * time.Second)
			synctest.Wait()
			want(t, "after 9 s", h.hears("f"), sfu.PeerID("wall-kim"))
			time.Sleep(2 * time.Second)
		},
		"its Peer is gone for ten seconds": func(_ *testing.T, h *hall, _ *rooms.Wall, _ *rooms.Watch) {
			h.media.tells("wall-kim", sfu.Truth{State: sfu.StateFailed})
			time.Sleep(11 * time.Second)
		},
		"another Peer takes over and fails": func(t *testing.T, h *hall, wall *rooms.Wall, _ *rooms.Watch) {
			ok(t, wall.Rebind(t.Context(), "wall-kim-2"))
			want(t, "heard by the new Peer", h.hears("f"), sfu.PeerID("wall-kim-2"))
			want(t, "which is open", h.media.isOpen("wall-kim-2", sfu.Microphone), true)
			want(t, "the former is shut", h.media.isOpen("wall-kim", sfu.Microphone), false)
			h.media.tells("wall-kim-2", sfu.Truth{State: sfu.StateClosed})
			time.Sleep(11 * time.Second)
		},
		"the room is ended": func(t *testing.T, h *hall, _ *rooms.Wall, _ *rooms.Watch) {
			ok(t, h.reg.End(t.Context(), "E1", "S02", staffer("lee"), ""))
		},
		"the room fails": func(t *testing.T, h *hall, _ *rooms.Wall, _ *rooms.Watch) {
			h.media.onBind = func(viewer sfu.PeerID, _ []sfu.Binding) {
				if viewer == "peer-b" {
					panic("a bug in the media plane")
				}
			}
			req, _ := request("S02/buyer", "b")
			if _, err := h.try(req); !errors.Is(err, rooms.ErrRoomFailed) {
				t.Errorf("the join that failed: %v", err)
			}
			h.media.onBind = nil
		},
		"the wall fails": func(t *testing.T, h *hall, wall *rooms.Wall, _ *rooms.Watch) {
			h.media.onBind = func(viewer sfu.PeerID, bs []sfu.Binding) {
				if viewer == "wall-kim" && bs[0].Video.Peer != "" {
					panic("a bug in the media plane")
				}
			}
			err := wall.Show(t.Context(), []schedule.ConsultationID{"S02"}, "")
			want(t, "the wall", err, error(rooms.ErrRoomFailed))
			want(t, "and after it", wall.Show(t.Context(), nil, ""), error(rooms.ErrRoomFailed))
			h.media.onBind = nil
		},
		"the node stops": func(_ *testing.T, h *hall, _ *rooms.Wall, _ *rooms.Watch) {
			h.close()
			h.start()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, h *hall) {
				h.until(20)
				h.join("S01/firm", "other")
				_, f := h.join("S02/firm", "f")
				wall, watch, _ := h.wall("kim")
				h.help(wall, "S02", rooms.HelpSpeak, "")
				end(t, h, wall, watch)
				synctest.Wait()
				for _, peer := range []sfu.PeerID{"wall-kim", "wall-kim-2"} {
					want(t, "the microphone of "+string(peer), h.media.isOpen(peer, sfu.Microphone), false)
					for slot := sfu.WallVideos; slot < sfu.WallVideos+sfu.WallAudios; slot++ {
						if got := h.media.binding(peer, slot).Audio.Peer; got == "peer-f" {
							t.Errorf("%s still hears %s", peer, got)
						}
					}
				}
				want(t, "heard", h.hears("f"), sfu.PeerID(""))
				want(t, "on the board", len(h.row("S02").Helpers), 0)
				if f.reason() == nil {
					want(t, "told", f.helped(), []string{})
				}
				quiet := 0
				for _, a := range h.acts() {
					if a == "kim quiet S02: " {
						quiet++
					}
				}
				want(t, "recorded", quiet, 1)
			})
		})
	}
}

func TestHelp_ALostSocketThatComesBackChangesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		wall, _, _ := h.wall("kim")
		h.help(wall, "S02", rooms.HelpSpeak, "")
		for range 3 {
			wall.Socket(false)
			time.Sleep(8 * time.Second)
			wall.Socket(true)
			time.Sleep(time.Second)
		}
		synctest.Wait()
		want(t, "heard", h.hears("f"), sfu.PeerID("wall-kim"))
	})
}

func TestHelp_WhoGaveUpWaitingForARoomDoesNotSpeakLater(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		wall, _, _ := h.wall("kim")
		h.help(wall, "S02", rooms.HelpListen, "")
		goOn := make(chan struct{})
		h.media.onBind = func(viewer sfu.PeerID, _ []sfu.Binding) {
			if viewer == "peer-b" {
				<-goOn
			}
		}
		joined := make(chan error)
		go func() {
			req, client := request("S02/buyer", "b")
			client.t = t
			_, err := h.reg.Join(t.Context(), req)
			joined <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		want(t, "the room does not answer", wall.Help(ctx, "S02", rooms.HelpSpeak, ""), context.DeadlineExceeded)
		close(goOn)
		ok(t, <-joined)
		want(t, "its microphone is shut", h.media.isOpen("wall-kim", sfu.Microphone), false)
		want(t, "nobody hears it", []sfu.PeerID{h.hears("f"), h.hears("b")}, []sfu.PeerID{"", ""})
		want(t, "on the board", len(h.row("S02").Helpers), 0)
		h.help(wall, "S02", rooms.HelpSpeak, "")
		want(t, "it may try again", h.hears("b"), sfu.PeerID("wall-kim"))
	})
}

func TestHelp_APersonOnANewPeerHearsOn(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		v, _ := h.join("S02/firm", "f")
		wall, _, _ := h.wall("kim")
		h.help(wall, "S02", rooms.HelpSpeak, "")
		ok(t, v.Rebind(t.Context(), "peer-f-2", []sfu.Source{sfu.Microphone}))
		want(t, "the new one", h.media.binding("peer-f-2", slotHelper).Audio.Peer, sfu.PeerID("wall-kim"))
		want(t, "the former", h.media.binding("peer-f", slotHelper).Audio.Peer, sfu.PeerID(""))
	})
}

func TestHelp_Refused(t *testing.T) {
	bubble(t, func(t *testing.T, h *hall) {
		h.until(20)
		h.join("S02/firm", "f")
		wall, _, _ := h.wall("kim")
		want(t, "no room", wall.Help(t.Context(), "S04", rooms.HelpListen, ""), error(rooms.ErrNotFound))
		want(t, "no mode", wall.Help(t.Context(), "S02", "sing", ""), error(rooms.ErrInvalid))
		want(t, "listening to one side", wall.Help(t.Context(), "S02", rooms.HelpListen, schedule.RoleFirm), error(rooms.ErrInvalid))
		viewer, err := h.reg.Watch("E1", rooms.WatchRequest{Watcher: &fakeWatcher{}, Session: "v", Actor: staffer("v"), Right: schedule.RightViewer})
		ok(t, err)
		theirs, err := viewer.Wall(t.Context(), "wall-v")
		ok(t, err)
		want(t, "a viewer", theirs.Help(t.Context(), "S02", rooms.HelpListen, ""), error(rooms.ErrForbidden))
		ok(t, theirs.Show(t.Context(), []schedule.ConsultationID{"S02"}, ""))
		want(t, "who may look", h.media.binding("wall-v", 0).Video.Peer, sfu.PeerID("peer-f"))
		want(t, "nothing of it is recorded", len(h.acts()), 0)
	})
}
