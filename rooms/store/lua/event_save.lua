-- Writes a timetable that was made on the revision that is kept, and the record
-- of the change with it.
-- KEYS[1]  timetable, string JSON
-- KEYS[2]  its revision, string number; none is 0
-- KEYS[3]  record of changes, stream
-- ARGV[1]  revision that it was made on
-- ARGV[2]  timetable, JSON, with the revision that follows
-- ARGV[3]  the change, JSON; empty: none
-- ARGV[4]  how many changes to keep, about
-- returns  1 when written, 0 when another revision is kept
if tonumber(redis.call("GET", KEYS[2]) or "0") ~= tonumber(ARGV[1]) then
  return 0
end
redis.call("SET", KEYS[1], ARGV[2])
redis.call("SET", KEYS[2], tonumber(ARGV[1]) + 1)
if ARGV[3] ~= "" then
  redis.call("XADD", KEYS[3], "MAXLEN", "~", ARGV[4], "*", "e", ARGV[3])
end
return 1
