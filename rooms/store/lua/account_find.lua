-- Finds an account by what it signs in with, in one round trip whether it is
-- there or not.
-- KEYS[1]  names, hash: login or subject to account id
-- KEYS[2]  accounts, hash by id
-- ARGV[1]  login or subject
-- returns  the account as JSON; nothing when there is none
local id = redis.call("HGET", KEYS[1], ARGV[1])
if not id then
  return false
end
return redis.call("HGET", KEYS[2], id)
