-- KEYS: a session. ARGV: the epoch of the one that takes its place, "" for none. Forgets all of it but the number
-- of the last entry of its journal.
local session = KEYS[1]
local number = redis.call('HGET', session, 'journal')
on_all('UNLINK', keys_of(session))
if ARGV[1] ~= '' then
  redis.call('HSET', session, 'epoch', ARGV[1])
  if number then
    redis.call('HSET', session, 'journal', number)
  end
end
return 1
