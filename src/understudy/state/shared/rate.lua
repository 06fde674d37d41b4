-- KEYS: a bucket. ARGV: how many tokens it holds, and how many of them come a second. Takes one. Answers for how many
-- milliseconds there will be none, 0 where one was taken; a bucket that is full again is forgotten.
local size, speed = tonumber(ARGV[1]), tonumber(ARGV[2])
local told = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local moment, tokens = now(), size
if told[1] then
  tokens = math.min(size, tonumber(told[1]) + math.max(0, moment - tonumber(told[2])) * speed)
end
if tokens < 0.999999 then
  return math.ceil((1 - tokens) / speed * 1000)
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens - 1), 'at', string.format('%.6f', moment))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((size - tokens + 1) / speed * 1000)))
return 0
