-- KEYS: the session. ARGV: its epoch, the API, the last revision the caller knows all before, the highest it has
-- seen ("": its answer need not tell what is new), how many records there may be, for how many ms keys are kept (0: for good), then the steps, nine each:
-- what (insert, replace, delete, count, advance, clear), collection, key, value, what stands beside, unique values as JSON
-- pairs, expected revision, seconds until it expires, version or number. "" stands for what is not said.
-- All steps are looked at before the first is taken. Answers how it went, the last revision, `changes` before
-- the steps, and what each step wrote or removed, or where the refused one failed.
-- Look at each key that may be written, before any is: a cluster that is moving this session to another node refuses
-- one of them then, and nothing is half done.
local function see_all(session, base)
  local keys = own_keys(base)
  keys[#keys + 1] = session .. ':apis'
  local seen = {}
  for index = 7, #ARGV, 9 do
    local collection = ARGV[index + 1]
    if collection ~= '' and not seen[collection] then
      seen[collection] = true
      keys[#keys + 1] = base .. ':records:' .. collection
    end
  end
  if ARGV[7] == 'clear' then
    for _, collection in ipairs(redis.call('SMEMBERS', base .. ':collections')) do
      keys[#keys + 1] = base .. ':records:' .. collection
    end
  end
  on_all('EXISTS', keys)
end

local session, api = KEYS[1], ARGV[2]
local base = session .. ':' .. api
if redis.call('HGET', session, 'epoch') ~= ARGV[1] then
  return {'over'}
end
see_all(session, base)
local limit = tonumber(ARGV[5])
local revision, floor = revisions(base, tonumber(ARGV[4]))
local before = {1, revision, {}, {}}
if ARGV[3] ~= '' then
  before = changes(base, tonumber(ARGV[3]), revision, floor)
end
local held = tonumber(redis.call('HGET', base, 'held') or 0)
local rows, order, taken, counts, results = {}, {}, {}, {}, {}
local sizes, was_there = {}, {}

if ARGV[7] == 'clear' then
  for _, collection in ipairs(redis.call('SMEMBERS', base .. ':collections')) do
    redis.call('UNLINK', base .. ':records:' .. collection)
  end
  for _, name in ipairs(PARTS) do
    redis.call('UNLINK', base .. name)
  end
  revision, held = revision + 1, 0
  floor = revision
  redis.call('HSET', base, 'floor', string.format('%.0f', floor), 'held', '0')
  before = {1, revision, {}, {}}
end

local function row(text, collection, key)
  if rows[text] == nil then
    rows[text] = redis.call('HGET', base .. ':records:' .. collection, key)
    was_there[text] = rows[text]
  end
  return rows[text]
end

local function put(text, is)
  if not order[text] then
    order[#order + 1] = text
    order[text] = true
  end
  rows[text] = is
end

local function holder(name)
  if taken[name] == nil then
    taken[name] = redis.call('HGET', base .. ':unique', name)
  end
  return taken[name]
end

local function free(collection, was)
  for _, pair in ipairs(head(was).unique) do
    taken[member(collection, member(pair[1], pair[2]))] = false
  end
end

-- The first unique value that another record holds.
local function clash(collection, key, unique)
  for _, pair in ipairs(unique) do
    local by = holder(member(collection, member(pair[1], pair[2])))
    if by and by ~= key then
      return pair
    end
  end
end

local function take(collection, key, unique)
  for _, pair in ipairs(unique) do
    taken[member(collection, member(pair[1], pair[2]))] = key
  end
end

local function size_of(collection)
  if sizes[collection] == nil then
    sizes[collection] = redis.call('HLEN', base .. ':records:' .. collection)
  end
  return sizes[collection]
end

local function resized(collection, by)
  sizes[collection] = size_of(collection) + by
  if not is_own(collection) then
    held = held + by
  end
end

local last = revision -- of what is there, whatever steps would have given
local function refused(how, index, first, second)
  return {how, last, before, {(index - 7) / 9, first or '', second or ''}}
end

local index = 7
local step = {}

function step.insert(text, collection, key)
  if not is_own(collection) and (held >= limit or size_of(collection) >= limit) then
    return refused('limit', index)
  end
  local unique = ARGV[index + 5] == '' and '[]' or ARGV[index + 5]
  local pairs_of = cjson.decode(unique)
  if row(text, collection, key) then
    return refused('exists', index, 'key', key)
  end
  local pair = clash(collection, key, pairs_of)
  if pair then
    return refused('exists', index, pair[1], pair[2])
  end
  take(collection, key, pairs_of)
  revision = revision + 1
  local deadline = ARGV[index + 7] ~= '' and now() + tonumber(ARGV[index + 7]) or nil
  local version = ARGV[index + 8] ~= '' and tonumber(ARGV[index + 8]) or 1
  local meta = ARGV[index + 4] == '' and '{}' or ARGV[index + 4]
  put(text, record(revision, revision, version, deadline, unique, meta, ARGV[index + 3]))
  resized(collection, 1)
  results[#results + 1] = rows[text]
end

function step.replace(text, collection, key)
  local was = row(text, collection, key)
  if not was then
    return refused('missing', index)
  end
  local known = head(was)
  if ARGV[index + 6] ~= '' and tonumber(ARGV[index + 6]) ~= known.revision then
    return refused('changed', index, string.format('%.0f', known.revision))
  end
  local unique, meta = written(was)
  if ARGV[index + 5] ~= '' then
    local pairs_of = cjson.decode(ARGV[index + 5])
    local pair = clash(collection, key, pairs_of)
    if pair then
      return refused('exists', index, pair[1], pair[2])
    end
    free(collection, was)
    take(collection, key, pairs_of)
    unique = ARGV[index + 5]
  end
  if ARGV[index + 4] ~= '' then
    meta = ARGV[index + 4]
  end
  revision = revision + 1
  put(text, record(known.number, revision, known.version + 1, known.deadline, unique, meta, ARGV[index + 3]))
  results[#results + 1] = rows[text]
end

function step.delete(text, collection, key)
  local was = row(text, collection, key)
  if was then
    local known = head(was)
    if ARGV[index + 6] ~= '' and tonumber(ARGV[index + 6]) ~= known.revision then
      return refused('changed', index, string.format('%.0f', known.revision))
    end
    free(collection, was)
    revision = revision + 1
    put(text, false)
    resized(collection, -1)
  end
  results[#results + 1] = was
end

local function counted(counter)
  return counts[counter] or tonumber(redis.call('HGET', base .. ':counters', counter) or 0)
end

function step.count(_, _, counter)
  counts[counter] = counted(counter) + tonumber(ARGV[index + 8])
  results[#results + 1] = string.format('%.0f', counts[counter])
end

function step.advance(_, _, counter)
  local is, to = counted(counter), tonumber(ARGV[index + 8])
  if is >= to then
    return refused('passed', index, string.format('%.0f', is))
  end
  counts[counter] = to
  results[#results + 1] = ARGV[index + 8]
end

function step.clear()
  results[#results + 1] = false
end

while index <= #ARGV do
  local collection, key = ARGV[index + 1], ARGV[index + 2]
  local refusal = step[ARGV[index]](member(collection, key), collection, key)
  if refusal then
    return refusal
  end
  index = index + 9
end

-- From here on nothing can be refused.

redis.call('SADD', session .. ':apis', api)
for _, text in ipairs(order) do
  local collection, key = parts(text)
  local was, is = was_there[text], rows[text]
  local name = base .. ':records:' .. collection
  if is then
    local known = head(is)
    redis.call('HSET', name, key, is)
    redis.call('ZADD', base .. ':changed', string.format('%.0f', known.revision), text)
    redis.call('ZREM', base .. ':gone', text)
    redis.call('SADD', base .. ':collections', collection)
    if known.deadline then
      redis.call('ZADD', base .. ':deadlines', string.format('%.3f', known.deadline), text)
    elseif was then
      redis.call('ZREM', base .. ':deadlines', text)
    end
  elseif was then
    redis.call('HDEL', name, key)
    redis.call('ZREM', base .. ':deadlines', text)
    remember_gone(base, text, revision)
  end
end
for name, key in pairs(taken) do
  if key then
    redis.call('HSET', base .. ':unique', name, key)
  else
    redis.call('HDEL', base .. ':unique', name)
  end
end
for counter, number in pairs(counts) do
  redis.call('HSET', base .. ':counters', counter, string.format('%.0f', number))
  redis.call('ZADD', base .. ':counting', string.format('%.0f', revision), counter)
end
local gone = redis.call('ZCARD', base .. ':gone')
if gone > GONE then
  local last = redis.call('ZRANGE', base .. ':gone', GONE / 2, GONE / 2, 'WITHSCORES')
  redis.call('ZREMRANGEBYRANK', base .. ':gone', 0, GONE / 2)
  redis.call('HSET', base, 'floor', last[2])
end
redis.call('HSET', base, 'revision', string.format('%.0f', revision), 'held', held)
if ARGV[6] ~= '0' then
  keep_for(session, ARGV[6])
end
return {'taken', revision, before, results}
