-- Appends a chat message once.
-- The ids of the last messages are kept longer than the messages themselves,
-- and far longer than a client tries to send one again.
-- KEYS[1]  chat, stream
-- KEYS[2]  ids, sorted set by number
-- ARGV[1]  message id
-- ARGV[2]  message, JSON
-- ARGV[3]  how many messages to keep, about
-- ARGV[4]  how many ids to keep
-- returns  1 when appended, 0 when it was there already
if redis.call("ZSCORE", KEYS[2], ARGV[1]) then
  return 0
end
redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[3], "*", "m", ARGV[2])
local last = redis.call("ZREVRANGE", KEYS[2], 0, 0, "WITHSCORES")
local number = 1
if last[2] then
  number = tonumber(last[2]) + 1
end
redis.call("ZADD", KEYS[2], number, ARGV[1])
redis.call("ZREMRANGEBYRANK", KEYS[2], 0, -(tonumber(ARGV[4]) + 1))
return 1
