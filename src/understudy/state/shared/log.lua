-- KEYS: the session. ARGV: its epoch, for how many ms it is kept (0: for good), the number that the caller knows all
-- entries up to, whether it wants to hear of those after it, how many there may be, up to which number all were
-- cleared, then entries of the caller's.
-- Answers the number of the last entry before the caller's, up to which number all were cleared, and, where that is
-- wanted, the number of the first entry of those that follow, the caller's among them.
local session = KEYS[1]
if redis.call('HGET', session, 'epoch') ~= ARGV[1] then
  return {'over'}
end
local list = session .. ':journal'
local known, cleared = tonumber(ARGV[3]), tonumber(ARGV[6])
local told = redis.call('HMGET', session, 'journal', 'cleared')
local last, before = tonumber(told[1] or 0), tonumber(told[2] or 0)
if known > last then -- the server lost some
  last = known
  redis.call('UNLINK', list)
end
local numbered = last
for index = 7, #ARGV do
  redis.call('RPUSH', list, ARGV[index])
  numbered = numbered + 1
end
redis.call('LTRIM', list, -tonumber(ARGV[5]), -1)
if cleared > before then
  before = math.min(cleared, numbered)
  redis.call('HSET', session, 'cleared', string.format('%.0f', before))
end
local kept = redis.call('LLEN', list)
if kept > numbered - before then
  kept = numbered - before
  if kept == 0 then
    redis.call('UNLINK', list)
  else
    redis.call('LTRIM', list, -kept, -1)
  end
end
redis.call('HSET', session, 'journal', string.format('%.0f', numbered))
if ARGV[2] ~= '0' then
  redis.call('PEXPIRE', list, ARGV[2])
end
if ARGV[4] ~= '1' then
  return {last, before, 0, {}}
end
local first = math.max(known, numbered - kept) + 1
return {last, before, first, redis.call('LRANGE', list, first - (numbered - kept) - 1, -1)}
