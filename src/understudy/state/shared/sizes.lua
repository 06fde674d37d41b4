-- KEYS: the session. Answers nothing where it is not there, else how many entries its journal has, and of each API its
-- name and how many records it has.
local session = KEYS[1]
if redis.call('EXISTS', session) == 0 then
  return {}
end
local found = {redis.call('LLEN', session .. ':journal')}
for _, api in ipairs(redis.call('SMEMBERS', session .. ':apis')) do
  found[#found + 1] = api
  found[#found + 1] = tonumber(redis.call('HGET', session .. ':' .. api, 'held') or 0)
end
return found
