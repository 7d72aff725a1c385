-- Takes deliveries whose time has come. They come again when whoever took them
-- has not said by then what became of them.
-- KEYS[1]  due, zset of id by Unix ms of the next try
-- KEYS[2]  deliveries, hash of id to JSON
-- ARGV[1]  now, Unix ms
-- ARGV[2]  when they come again, Unix ms
-- ARGV[3]  how many at most
-- returns  their JSON
local ids = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", ARGV[1], "LIMIT", 0, ARGV[3])
local out = {}
for _, id in ipairs(ids) do
  local d = redis.call("HGET", KEYS[2], id)
  if d then
    redis.call("ZADD", KEYS[1], ARGV[2], id)
    out[#out + 1] = d
  else
    redis.call("ZREM", KEYS[1], id)
  end
end
return out
