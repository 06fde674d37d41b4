-- KEYS: the session. ARGV: its epoch and an API. Answers the names and numbers of the API's counters.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then
  return {}
end
return redis.call('HGETALL', KEYS[1] .. ':' .. ARGV[2] .. ':counters')
