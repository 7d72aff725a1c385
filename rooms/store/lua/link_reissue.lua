-- Gives a link the next secret. Tokens that were got with the former one name
-- its version, and are worthless from here on.
-- KEYS[1]  link, hash
-- ARGV[1]  version that is replaced
-- ARGV[2]  hash of the new secret
-- returns  1 when done, 0 when there is no such link, -1 when it has another
--          version by now
if redis.call("EXISTS", KEYS[1]) == 0 then
  return 0
end
local version = redis.call("HGET", KEYS[1], "version")
if version and version ~= ARGV[1] then
  return -1
end
redis.call("HSET", KEYS[1], "version", tonumber(ARGV[1]) + 1, "hash", ARGV[2])
redis.call("HDEL", KEYS[1], "revoked", "used", "sent")
return 1
