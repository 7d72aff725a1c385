-- Changes entries of a stream in their places, or takes them out. A stream's
-- entry cannot be written twice, so the stream is written anew with the same
-- ids, as one act.
-- KEYS[1]  stream
-- ARGV[1]  field that each entry has
-- ARGV[2...]  for each entry that changes: its id, its new value, empty to take it out
-- returns  how many entries were changed or taken out
local changed, count = {}, 0
for i = 2, #ARGV, 2 do
  changed[ARGV[i]] = ARGV[i + 1]
end
local all = redis.call("XRANGE", KEYS[1], "-", "+")
redis.call("DEL", KEYS[1])
for _, entry in ipairs(all) do
  local value = changed[entry[1]]
  if value ~= nil then
    count = count + 1
  else
    value = entry[2][2]
  end
  if value ~= "" then
    redis.call("XADD", KEYS[1], entry[1], ARGV[1], value)
  end
end
return count
