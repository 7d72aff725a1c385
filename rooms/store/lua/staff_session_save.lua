-- Begins a session of an account that is still as it was when who signs in was
-- checked. Sessions that are over are cleared away, and of too many the one
-- that was used longest ago ends.
-- KEYS[1]  accounts, hash: id to JSON schedule.Account
-- KEYS[2]  sessions, hash: id to JSON
-- KEYS[3]  seen, hash: session id to Unix ms
-- ARGV[1]  session id
-- ARGV[2]  session, JSON
-- ARGV[3]  account id
-- ARGV[4]  changed_at of the account as it was checked
-- ARGV[5]  now, Unix ms
-- ARGV[6]  how long a session may be unused, ms
-- ARGV[7]  how many sessions an account may have
-- returns  {1, ended sessions...}; {0} when the account was changed meanwhile
local raw = redis.call("HGET", KEYS[1], ARGV[3])
if not raw then
  return {0}
end
local account = cjson.decode(raw)
if account.changed_at ~= ARGV[4] or account.disabled then
  return {0}
end
local now = tonumber(ARGV[5])
local out = {1}
local function drop(id)
  redis.call("HDEL", KEYS[2], id)
  redis.call("HDEL", KEYS[3], id)
  out[#out + 1] = id
end
local own = {}
for _, text in ipairs(redis.call("HVALS", KEYS[2])) do
  local s = cjson.decode(text)
  local seen = tonumber(redis.call("HGET", KEYS[3], s.id) or "0")
  if seen + tonumber(ARGV[6]) <= now or s["until"] <= now then
    drop(s.id)
  elseif s.account == ARGV[3] then
    own[#own + 1] = {seen, s.id}
  end
end
table.sort(own, function(a, b) return a[1] < b[1] end)
for i = 1, #own - tonumber(ARGV[7]) + 1 do
  drop(own[i][2])
end
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
redis.call("HSET", KEYS[3], ARGV[1], ARGV[5])
return out
