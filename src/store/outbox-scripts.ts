// Scripts of the outbox. KEYS are a destination's cards (hash), what waits (sorted set) and floor, unless said otherwise.
// A score is `rank * 1e13 + since`, so that what waits is in order of urgency, and of age within it.

/**
 * The revision rises only when the view differs, so telling the same twice is silent. ARGV: card, view, at, rank when new,
 * rank when shown, final, whether only a known card is put. Gives the revision, 0 when nothing changed, -1 when unknown.
 */
export const PUT = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
if not before and ARGV[7] == '1' then return -1 end
local revision = tonumber(redis.call('GET', KEYS[3]) or 0) + 1
local at = ARGV[3]
local sent = 0
if before then
  local card = cjson.decode(before)
  if card.view == ARGV[2] or card.mark == redis.sha1hex(ARGV[2]) then return 0 end
  revision = card.revision + 1
  at = card.at
  sent = card.sent or 1
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
  id = ARGV[1], revision = revision, at = at, view = ARGV[2], sent = sent, final = tonumber(ARGV[6]) }))
local since = tonumber(ARGV[3])
local waits = redis.call('ZSCORE', KEYS[2], ARGV[1])
if waits then since = tonumber(waits) % 1e13 end
local rank = tonumber(sent > 0 and ARGV[5] or ARGV[4])
redis.call('ZADD', KEYS[2], string.format('%.0f', rank * 1e13 + since), ARGV[1])
return revision`

/**
 * The first card that waits and is not to be left for later; the turn is held for another `ttl` from now. False: there is
 * none, or the turn is another's. KEYS: cards, pending, lock. ARGV: token, ttl, cards to leave.
 */
export const TAKE = `
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
local later = {}
local count = 0
for _, id in ipairs(cjson.decode(ARGV[3])) do
  later[id] = true
  count = count + 1
end
while true do
  local gone = false
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, count)) do
    local card = redis.call('HGET', KEYS[1], id)
    if not card then
      redis.call('ZREM', KEYS[2], id)
      gone = true
    elseif not later[id] then
      return card
    end
  end
  if not gone then return false end
end`

/**
 * What was changed meanwhile goes on waiting, now as the change of a card that is shown. What was not is kept as a mark,
 * which is all that a later state is compared with; unless it is set aside, for it may have to be sent once more.
 * KEYS: … and what is set aside. ARGV: card, revision.
 */
export const DELIVERED = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if not now then return redis.call('ZREM', KEYS[2], ARGV[1]) end
local card = cjson.decode(now)
card.sent = tonumber(ARGV[2])
local done = card.revision == card.sent
if done and card.view and redis.call('SISMEMBER', KEYS[4], ARGV[1]) == 0 then
  card.mark = redis.sha1hex(card.view)
  card.view = nil
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(card))
if done then redis.call('ZREM', KEYS[2], ARGV[1]) end
return 0`

/** KEYS: cards, pending, aside. ARGV: at. */
export const TAKE_BACK = `
local ids = redis.call('SMEMBERS', KEYS[3])
redis.call('DEL', KEYS[3])
for _, id in ipairs(ids) do
  local now = redis.call('HGET', KEYS[1], id)
  local card = now and cjson.decode(now)
  -- Without its view a later state of it has arrived.
  if card and card.view then
    local rank = card.final == 1 and 1 or 2
    redis.call('ZADD', KEYS[2], 'NX', string.format('%.0f', rank * 1e13 + tonumber(ARGV[1])), id)
  end
end
return ids`

const FLOOR = `
local function raise(cards)
  local floor = tonumber(redis.call('GET', KEYS[3]) or 0)
  for _, card in ipairs(cards) do floor = math.max(floor, card.revision) end
  redis.call('SET', KEYS[3], floor)
end`

/**
 * Forgets the oldest delivered cards, those that are not done last. Should one of them change after all, its revision must
 * still be above the shown one, so the highest forgotten is kept. One script: a card put meanwhile must not be taken.
 * ARGV: how many are kept, and from how many on there are too many.
 */
export const TRIM = `${FLOOR}
local count = redis.call('HLEN', KEYS[1])
if count <= tonumber(ARGV[2]) then return 0 end
local waits = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do waits[id] = true end
local old = {}
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
  local card = cjson.decode(text)
  -- One number to sort by: a day's backlog is ten thousand cards, and Redis answers nobody meanwhile.
  if not waits[card.id] then
    old[#old + 1] = { id = card.id, revision = card.revision, age = tonumber(card.at) + (card.final == 0 and 1e14 or 0) }
  end
end
table.sort(old, function(a, b) return a.age < b.age end)
local gone = {}
for i = 1, math.min(#old, count - tonumber(ARGV[1])) do
  redis.call('HDEL', KEYS[1], old[i].id)
  gone[i] = old[i]
end
raise(gone)
return #gone`

/** The floor stays: a channel that is joined again may still show cards of before. KEYS: … and what is set aside. */
export const LEAVE = `${FLOOR}
local cards = {}
for i, text in ipairs(redis.call('HVALS', KEYS[1])) do cards[i] = cjson.decode(text) end
raise(cards)
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])`
