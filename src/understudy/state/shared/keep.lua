-- KEYS: the session. ARGV: its epoch, for how many ms it is kept (0: for good), whether a part that is already as
-- it is to be counts as another's change, then three for each part of its document: name, what the caller knows of it
-- ("" for nothing), what is to be there.
-- Writes all or none. Answers the number of the document's version and nothing, or what there is of the parts that
-- are not as the caller knows them.
local session = KEYS[1]
if redis.call('HGET', session, 'epoch') ~= ARGV[1] then
  return {'over'}
end
local other = {}
for index = 4, #ARGV, 3 do
  local is = redis.call('HGET', session .. ':document', ARGV[index]) or ''
  if is ~= ARGV[index + 1] and (ARGV[3] == '1' or is ~= ARGV[index + 2]) then
    other[#other + 1] = ARGV[index]
    other[#other + 1] = is
  end
end
if #other > 0 then
  return {redis.call('HGET', session, 'document') or '', other}
end
for index = 4, #ARGV, 3 do
  redis.call('HSET', session .. ':document', ARGV[index], ARGV[index + 2])
end
if ARGV[2] ~= '0' then
  redis.call('PEXPIRE', session .. ':document', ARGV[2])
end
return {tostring(redis.call('HINCRBY', session, 'document', 1)), {}}
