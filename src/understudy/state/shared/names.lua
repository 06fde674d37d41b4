-- KEYS: the set of the names of sessions. ARGV: a name to add, or "", and what stands before and after a name in the
-- key of its session. Answers the names of those that there are.
if ARGV[1] ~= '' then
  redis.call('SADD', KEYS[1], ARGV[1])
  return {}
end
local names = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[2] .. name .. ARGV[3]) == 1 then
    names[#names + 1] = name
  else
    redis.call('SREM', KEYS[1], name)
  end
end
table.sort(names)
return names
