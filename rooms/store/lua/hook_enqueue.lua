-- Puts what a webhook is to be told into its queue and moves its cursor on, or
-- does nothing when somebody else has moved the cursor. The newest deliveries
-- are kept for the log; older ones go, whatever became of them.
-- KEYS[1]  cursors, hash of HOOK to the id of the ledger's entry read last
-- KEYS[2]  deliveries, hash of id to JSON
-- KEYS[3]  due, zset of id by Unix ms of the next try
-- KEYS[4]  log of the webhook, zset of id by Unix ms
-- ARGV[1]  hook
-- ARGV[2]  cursor that was read from
-- ARGV[3]  cursor now
-- ARGV[4]  how many are kept in the log
-- ARGV[5...]  for each delivery: id, Unix ms, JSON
-- returns  1 done, 0 somebody else was faster
if (redis.call("HGET", KEYS[1], ARGV[1]) or "") ~= ARGV[2] then
  return 0
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
for i = 5, #ARGV, 3 do
  redis.call("HSET", KEYS[2], ARGV[i], ARGV[i + 2])
  redis.call("ZADD", KEYS[3], ARGV[i + 1], ARGV[i])
  redis.call("ZADD", KEYS[4], ARGV[i + 1], ARGV[i])
end
local old = redis.call("ZRANGE", KEYS[4], 0, -tonumber(ARGV[4]) - 1)
for _, id in ipairs(old) do
  redis.call("ZREM", KEYS[4], id)
  redis.call("ZREM", KEYS[3], id)
  redis.call("HDEL", KEYS[2], id)
end
return 1
