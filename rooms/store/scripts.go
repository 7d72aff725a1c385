package store

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// The scripts' texts. Each file tells its KEYS, ARGV and answer.
var (
	//go:embed lua/lease.lua
	luaLease string
	//go:embed lua/unlease.lua
	luaUnlease string
	//go:embed lua/node_start.lua
	luaNodeStart string
	//go:embed lua/node_beat.lua
	luaNodeBeat string
	//go:embed lua/chat_append.lua
	luaChatAppend string
	//go:embed lua/link_mark.lua
	luaLinkMark string
	//go:embed lua/link_reissue.lua
	luaLinkReissue string
	//go:embed lua/event_save.lua
	luaEventSave string
	//go:embed lua/ledger_append.lua
	luaLedgerAppend string
	//go:embed lua/hook_enqueue.lua
	luaHookEnqueue string
	//go:embed lua/hook_take.lua
	luaHookTake string
	//go:embed lua/account_find.lua
	luaAccountFind string
	//go:embed lua/account_save.lua
	luaAccountSave string
	//go:embed lua/staff_session_save.lua
	luaStaffSessionSave string
	//go:embed lua/staff_session_see.lua
	luaStaffSessionSee string
	//go:embed lua/stream_redact.lua
	luaStreamRedact string
	//go:embed lua/hash_swap.lua
	luaHashSwap string
	//go:embed lua/reap.lua
	luaReap string
)

// scripts are sent by their SHA-1, and in full once after Redis forgot them.
type scripts struct {
	accountFind, accountSave, staffSessionSave, staffSessionSee *redis.Script

	lease, unlease, nodeStart, nodeBeat, chatAppend, linkMark, linkReissue, eventSave, ledgerAppend, reap *redis.Script

	hookEnqueue, hookTake *redis.Script

	streamRedact, hashSwap *redis.Script
}

func loadScripts() scripts {
	return scripts{
		accountFind:      redis.NewScript(luaAccountFind),
		accountSave:      redis.NewScript(luaAccountSave),
		staffSessionSave: redis.NewScript(luaStaffSessionSave),
		staffSessionSee:  redis.NewScript(luaStaffSessionSee),

		streamRedact: redis.NewScript(luaStreamRedact),
		hashSwap:     redis.NewScript(luaHashSwap),

		lease:        redis.NewScript(luaLease),
		unlease:      redis.NewScript(luaUnlease),
		nodeStart:    redis.NewScript(luaNodeStart),
		nodeBeat:     redis.NewScript(luaNodeBeat),
		chatAppend:   redis.NewScript(luaChatAppend),
		linkMark:     redis.NewScript(luaLinkMark),
		linkReissue:  redis.NewScript(luaLinkReissue),
		eventSave:    redis.NewScript(luaEventSave),
		ledgerAppend: redis.NewScript(luaLedgerAppend),
		reap:         redis.NewScript(luaReap),
		hookEnqueue:  redis.NewScript(luaHookEnqueue),
		hookTake:     redis.NewScript(luaHookTake),
	}
}
