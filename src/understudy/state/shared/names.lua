-- KEYS: the set of the names of sessions. ARGV: what to do, and words. `add` and `remove` take names. `all` answers
-- each name; `there` those whose sessions are there, by what stands before and after a name in the key of one, and
-- forgets the others, for which all keys have to be on this server.
local what = ARGV[1]
if what == 'add' or what == 'remove' then
  for index = 2, #ARGV do
    redis.call(what == 'add' and 'SADD' or 'SREM', KEYS[1], ARGV[index])
  end
  return {}
end
local names = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if what == 'all' or redis.call('EXISTS', ARGV[2] .. name .. ARGV[3]) == 1 then
    names[#names + 1] = name
  else
    redis.call('SREM', KEYS[1], name)
  end
end
table.sort(names)
return names
