-- KEYS: the session. ARGV: the epoch it is to have where it is new ("": it is not made), for how many ms it is kept (0:
-- for good, "": as before), the number of the document that the caller knows, then for each store its API, the last
-- revision the caller knows all before (-1: nothing is known) and the highest it has seen.
-- Answers the epoch ("": there is no such session), whether it is new, the number of the document and its parts where
-- it is another, and for each store its revision and `changes`.
local session = KEYS[1]
local epoch, is_new = redis.call('HGET', session, 'epoch'), 0
if not epoch then
  if ARGV[1] == '' then
    return {''}
  end
  epoch, is_new = ARGV[1], 1
  redis.call('HSET', session, 'epoch', epoch)
end
local number, document = redis.call('HGET', session, 'document') or '', {}
if number ~= ARGV[3] then
  document = redis.call('HGETALL', session .. ':document')
end
local stores = {}
for index = 4, #ARGV, 3 do
  local base = session .. ':' .. ARGV[index]
  local revision, floor = revisions(base, tonumber(ARGV[index + 2]))
  stores[#stores + 1] = {revision, changes(base, tonumber(ARGV[index + 1]), revision, floor)}
end
if ARGV[2] ~= '' and ARGV[2] ~= '0' then
  keep_for(session, ARGV[2])
end
return {epoch, is_new, number, document, stores}
