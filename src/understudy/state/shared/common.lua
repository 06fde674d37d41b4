-- What all scripts begin with. The keys of a session stand below `prefix:{session}`, and those of an API's
-- records below `prefix:{session}:api`, its base. A record is one JSON object in three lines: what the store
-- knows of it, what stands beside the item, and the item. Values are never decoded here: that would change them.

local PAGE = 1000 -- records in one answer
local LEAP = 1000000 -- revisions that may have been given and were lost
local GONE = 10000 -- deletions that are remembered
local PARTS = {':counters', ':counting', ':unique', ':changed', ':gone', ':deadlines', ':collections'} -- of an API's keys

local function now()
  local time = redis.call('TIME')
  return time[1] + time[2] / 1000000
end

-- A record, or a unique value, among all of an API.
local function member(first, second)
  return #first .. ':' .. first .. second
end

local function parts(text)
  local colon = text:find(':', 1, true)
  local size = tonumber(text:sub(1, colon - 1))
  return text:sub(colon + 1, colon + size), text:sub(colon + size + 1)
end

local function is_own(collection)
  return collection:sub(1, 1) == '~'
end

-- The first line of a record, read.
local function head(text)
  return cjson.decode(text:sub(1, text:find(',\n', 1, true) - 1) .. '}')
end

-- The unique values, what stands beside the item, and the item, as they are written.
local function written(text)
  local first = text:find(',\n', 1, true)
  local unique = text:find(',"unique":', 1, true)
  local second = text:find(',\n', first + 1, true)
  return text:sub(unique + 10, first - 1), text:sub(first + 9, second - 1), text:sub(second + 10, -2)
end

local function record(number, revision, version, deadline, unique, meta, value)
  local numbers = string.format('{"number":%.0f,"revision":%.0f,"version":%.0f', number, revision, version)
  if deadline then
    numbers = numbers .. string.format(',"deadline":%.3f', deadline)
  end
  return numbers .. ',"unique":' .. unique .. ',\n"meta":' .. meta .. ',\n"value":' .. value .. '}'
end

local function remember_gone(base, text, revision)
  redis.call('ZREM', base .. ':changed', text)
  redis.call('ZADD', base .. ':gone', string.format('%.0f', revision), text)
end

local function take_away(base, text, was, revision)
  local collection, key = parts(text)
  local known = head(was)
  redis.call('HDEL', base .. ':records:' .. collection, key)
  for _, pair in ipairs(known.unique) do
    redis.call('HDEL', base .. ':unique', member(collection, member(pair[1], pair[2])))
  end
  if known.deadline then
    redis.call('ZREM', base .. ':deadlines', text)
  end
  remember_gone(base, text, revision)
  if not is_own(collection) then
    redis.call('HINCRBY', base, 'held', -1)
  end
end

-- The last revision and the one before which nothing is remembered, once what has expired is gone. `known`: the
-- highest revision that the caller has seen. Where that is higher, writes were lost: no revision is given twice.
local function revisions(base, known)
  local told = redis.call('HMGET', base, 'revision', 'floor')
  local revision, floor = tonumber(told[1] or 0), tonumber(told[2] or 0)
  local before = revision
  if known > revision then
    revision = known + LEAP
    floor = revision
  end
  local due = redis.call('ZRANGEBYSCORE', base .. ':deadlines', '-inf', string.format('%.3f', now()))
  for _, text in ipairs(due) do
    local collection, key = parts(text)
    local was = redis.call('HGET', base .. ':records:' .. collection, key)
    revision = revision + 1
    if was then
      take_away(base, text, was, revision)
    else
      redis.call('ZREM', base .. ':deadlines', text)
    end
  end
  if revision ~= before then
    redis.call('HSET', base, 'revision', string.format('%.0f', revision), 'floor', string.format('%.0f', floor))
  end
  return revision, floor
end

local function counters_after(base, above)
  local told = {}
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', base .. ':counting', above, '+inf')) do
    told[#told + 1] = name
    told[#told + 1] = redis.call('HGET', base .. ':counters', name)
  end
  return told
end

-- What was written after `since`, a revision; where that is negative, all there is, from the revision -1 - since on.
-- Answers whether it is all, how far it goes, records: collection, key, and the text of those that are there; and with
-- the last of them the names and numbers of counters that were brought further together with records.
local function changes(base, since, revision, floor)
  if since == revision then
    return {0, revision, {}, {}}
  end
  local whole = 0
  if since < 0 then
    whole, since = 1, -1 - since
  elseif since < floor then
    whole, since = 1, 0
  end
  local above, upto, cursor, found = '(' .. string.format('%.0f', since), '+inf', revision, {}
  local live = redis.call('ZRANGEBYSCORE', base .. ':changed', above, '+inf', 'WITHSCORES', 'LIMIT', 0, PAGE)
  if #live == 2 * PAGE then
    upto = live[#live]
    cursor = tonumber(upto)
  end
  for index = 1, #live, 2 do
    local collection, key = parts(live[index])
    local text = redis.call('HGET', base .. ':records:' .. collection, key)
    if text then
      found[#found + 1] = {collection, key, text}
    end
  end
  if since > 0 then
    for _, text in ipairs(redis.call('ZRANGEBYSCORE', base .. ':gone', above, upto)) do
      local collection, key = parts(text)
      found[#found + 1] = {collection, key}
    end
  end
  return {whole, cursor, found, cursor == revision and counters_after(base, whole == 1 and '-inf' or above) or {}}
end

-- The keys of an API, but for those of its records.
local function own_keys(base)
  local keys = {base}
  for _, name in ipairs(PARTS) do
    keys[#keys + 1] = base .. name
  end
  return keys
end

-- All keys of a session.
local function keys_of(session)
  local keys = {session, session .. ':document', session .. ':journal', session .. ':apis'}
  for _, api in ipairs(redis.call('SMEMBERS', session .. ':apis')) do
    local base = session .. ':' .. api
    for _, key in ipairs(own_keys(base)) do
      keys[#keys + 1] = key
    end
    for _, collection in ipairs(redis.call('SMEMBERS', base .. ':collections')) do
      keys[#keys + 1] = base .. ':records:' .. collection
    end
  end
  return keys
end

-- Ask something about keys, as many at once as fit on Lua's stack.
local function on_all(command, keys)
  for first = 1, #keys, PAGE do
    redis.call(command, unpack(keys, first, math.min(first + PAGE - 1, #keys)))
  end
end

-- Have a session go after a while; a key that a cluster has moved meanwhile is asked about there the next time.
local function keep_for(session, milliseconds)
  for _, key in ipairs(keys_of(session)) do
    redis.pcall('PEXPIRE', key, milliseconds)
  end
end
