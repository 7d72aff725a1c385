-- Makes or changes an account. Nobody else's login or subject is taken, there
-- is always an administrator who can sign in, and whoever lost something by the
-- change is signed out in the same moment.
-- KEYS[1]  accounts, hash: id to JSON schedule.Account
-- KEYS[2]  logins, hash: login to id
-- KEYS[3]  subjects, hash: subject to id
-- KEYS[4]  sessions, hash: id to JSON
-- KEYS[5]  seen, hash: session id to Unix ms
-- ARGV[1]  account id
-- ARGV[2]  changed_at of the account as it was read; empty: it is new
-- ARGV[3]  the account as it is to be, JSON
-- ARGV[4]  "1": end its sessions
-- ARGV[5]  session that goes on all the same; empty: none
-- returns  {1, ended sessions...}; {0} when it was changed meanwhile; {-1} when
--          login or subject is another's; {-2} when no administrator would be left
local function administers(a)
  return a.right == "administrator" and not a.disabled and (not a.events or #a.events == 0)
end
local now = cjson.decode(ARGV[3])
local raw = redis.call("HGET", KEYS[1], ARGV[1])
local was = nil
if raw then
  was = cjson.decode(raw)
end
if (was and was.changed_at or "") ~= ARGV[2] then
  return {0}
end
local login = redis.call("HGET", KEYS[2], now.login)
if login and login ~= ARGV[1] then
  return {-1}
end
local subject = now.subject or ""
if subject ~= "" then
  local holder = redis.call("HGET", KEYS[3], subject)
  if holder and holder ~= ARGV[1] then
    return {-1}
  end
end
if was and administers(was) and not administers(now) then
  local left = false
  for _, other in ipairs(redis.call("HVALS", KEYS[1])) do
    local a = cjson.decode(other)
    if a.id ~= ARGV[1] and administers(a) then
      left = true
    end
  end
  if not left then
    return {-2}
  end
end
if was and was.login ~= now.login then
  redis.call("HDEL", KEYS[2], was.login)
end
if was and (was.subject or "") ~= "" and was.subject ~= subject then
  redis.call("HDEL", KEYS[3], was.subject)
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
redis.call("HSET", KEYS[2], now.login, ARGV[1])
if subject ~= "" then
  redis.call("HSET", KEYS[3], subject, ARGV[1])
end
local out = {1}
if ARGV[4] == "1" then
  for _, text in ipairs(redis.call("HVALS", KEYS[4])) do
    local s = cjson.decode(text)
    if s.account == ARGV[1] and s.id ~= ARGV[5] then
      redis.call("HDEL", KEYS[4], s.id)
      redis.call("HDEL", KEYS[5], s.id)
      out[#out + 1] = s.id
    end
  end
end
return out
