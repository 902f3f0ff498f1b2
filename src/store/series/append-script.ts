import { MAX_STATS } from '../../core/model/sample.ts'
import {
  GAP_MS,
  HOT_HEADER,
  HOUR,
  LEVELS,
  MAX_COVER_MS,
  MAX_POOL_COLUMNS,
  META_KEEP_MS,
  RAW_KEEP_MS,
  ROLL_CELL,
  ROLL_HEADER,
  SEAL_AFTER_MS,
} from './layout.ts'
import { script } from './script.ts'
import type { Script } from './script.ts'

/** What one group of the batch is, as JSON: `rows` are `[at, periodMs, value per name or null]`, sorted by time. */
export interface AppendGroup {
  readonly id: string
  readonly names: readonly string[]
  readonly rows: readonly (readonly (number | null)[])[]
  readonly latestAt: number
  readonly latest: string
}

/**
 * Appends groups of samples: KEYS[1] the pool's prefix, ARGV[1] now, ARGV[2] JSON of AppendGroup[]. Answers the ids and
 * hours that are due to be sealed, and how many samples came too late. One script, because two bots may append at once
 * and a sample that is there already must not be counted in the roll-ups again.
 */
export function appendScript(): Script {
  return script(`
local P, now = KEYS[1], tonumber(ARGV[1])
local HOUR, POOL = ${HOUR}, 'pool'
local NAN = '\\0\\0\\192\\127'
local levels = {${LEVELS.map(
    (level) => `{name='${level.name}', step=${level.stepMs}, per=${level.perBlock}, keep=${level.keepMs}}`,
  ).join(', ')}}
local call, pack, unpackBytes = redis.call, struct.pack, struct.unpack
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max

local function loadColumns(subject, limit)
  local text = call('GET', P .. 'cols:' .. subject)
  local cols = {key = P .. 'cols:' .. subject, text = text or '', n = 0, at = {}, limit = limit}
  for name in string.gmatch(cols.text, '[^\\n]+') do
    cols.at[name] = cols.n
    cols.n = cols.n + 1
  end
  return cols
end

local function column(cols, name)
  local index = cols.at[name]
  if index == nil and cols.n < cols.limit then
    index = cols.n
    cols.at[name] = index
    cols.n = index + 1
    cols.text = index == 0 and name or cols.text .. '\\n' .. name
    cols.dirty = true
  end
  return index
end

-- Rewrites a block for more columns; 'filler' is one empty cell.
local function widen(key, header, count, oldWidth, newWidth, filler, total)
  local data = call('GETRANGE', key, header, -1)
  local pad = string.rep(filler, (newWidth - oldWidth) / #filler)
  local parts = {string.rep('\\0', header)}
  for row = 0, count - 1 do
    parts[#parts + 1] = string.sub(data, row * oldWidth + 1, (row + 1) * oldWidth)
    parts[#parts + 1] = pad
  end
  parts[#parts + 1] = string.rep('\\0', (total - count) * newWidth)
  call('SET', key, table.concat(parts), 'KEEPTTL')
end

local pool = loadColumns(POOL, ${MAX_POOL_COLUMNS})
local hots = {}
local function hotBlock(id, hour, cols, at, period)
  local key = P .. 'hot:' .. id .. ':' .. hour
  local block = hots[key]
  if block ~= nil then return block end
  block = {key = key, n = cols.n, w = 4 + 4 * cols.n, count = 0, last = -1, rows = {}}
  local head = call('GETRANGE', key, 0, ${HOT_HEADER - 1})
  if head == '' then
    local ttl = (hour + 1) * HOUR + ${RAW_KEEP_MS} - now
    if ttl <= 0 or call('EXISTS', P .. 'raw:' .. id .. ':' .. hour) == 1 then
      hots[key] = false
      return false
    end
    local rows = ceil(((hour + 1) * HOUR - at) / max(period, 200) * 1.02) + 8
    -- The last byte first: growing step by step, Redis would reserve twice the memory.
    call('SETRANGE', key, ${HOT_HEADER} + rows * block.w - 1, '\\0')
    call('PEXPIRE', key, ttl)
    call('ZADD', P .. 'open', max((hour + 1) * HOUR, now) + ${SEAL_AFTER_MS}, id .. ' ' .. string.format('%d', hour))
    call('PEXPIRE', P .. 'open', ${META_KEEP_MS})
    -- Once an hour the names' time to live starts anew.
    cols.dirty = true
    pool.dirty = true
  else
    local n, count, last = unpackBytes('<I2xxI4I4', head)
    block.count = count
    if count > 0 then block.last = last end
    if n > cols.n then
      block.n, block.w = n, 4 + 4 * n
    elseif n < cols.n then
      local total = max(count, floor((call('STRLEN', key) - ${HOT_HEADER}) / (4 + 4 * n)))
      widen(key, ${HOT_HEADER}, count, 4 + 4 * n, block.w, NAN, total)
    end
  end
  hots[key] = block
  return block
end

local function flush(block)
  if #block.rows > 0 then
    call('SETRANGE', block.key, ${HOT_HEADER} + (block.count - #block.rows) * block.w, table.concat(block.rows))
    block.rows = {}
  end
end

-- Puts a row in its place; false when there is one of that instant.
local function insert(block, off, row)
  block.dirty = true
  if off > block.last then
    block.rows[#block.rows + 1] = row
    block.count = block.count + 1
    block.last = off
    return true
  end
  flush(block)
  local low, high = 0, block.count
  while low < high do
    local mid = floor((low + high) / 2)
    local start = ${HOT_HEADER} + mid * block.w
    local there = unpackBytes('<I4', call('GETRANGE', block.key, start, start + 3))
    if there == off then return false end
    if there < off then low = mid + 1 else high = mid end
  end
  local start = ${HOT_HEADER} + low * block.w
  local tail = call('GETRANGE', block.key, start, ${HOT_HEADER} + block.count * block.w - 1)
  call('SETRANGE', block.key, start, row .. tail)
  block.count = block.count + 1
  return true
end

local formats = {}
local function format(cells)
  local found = formats[cells]
  if not found then
    found = '<' .. string.rep('f', cells)
    formats[cells] = found
  end
  return found
end

local rolls = {}
local function bucketOf(subject, cols, level, index)
  local number = floor(index / level.per)
  local key = P .. level.name .. ':' .. subject .. ':' .. number
  local block = rolls[key]
  if block == nil then
    local head = call('GETRANGE', key, 0, ${ROLL_HEADER - 1})
    local w = ${ROLL_CELL} * cols.n
    block = {key = key, n = cols.n, w = w, per = level.per, buckets = {}}
    if head == '' then
      local ttl = (number + 1) * level.per * level.step + level.keep - now
      if ttl <= 0 then
        rolls[key] = false
        return nil
      end
      call('SETRANGE', key, ${ROLL_HEADER} + level.per * w - 1, '\\0')
      call('PEXPIRE', key, ttl)
      call('SETRANGE', key, 0, pack('<I2', cols.n))
    else
      local n = unpackBytes('<I2', head)
      if n > cols.n then
        block.n, block.w = n, ${ROLL_CELL} * n
      elseif n < cols.n then
        widen(key, ${ROLL_HEADER}, level.per, ${ROLL_CELL} * n, w, string.rep('\\0', ${ROLL_CELL}), level.per)
        call('SETRANGE', key, 0, pack('<I2', cols.n))
      end
    end
    rolls[key] = block
  end
  if not block then return nil end
  local bucket = block.buckets[index]
  if not bucket then
    local start = ${ROLL_HEADER} + (index % level.per) * block.w
    bucket = {unpackBytes(format(4 * block.n), call('GETRANGE', key, start, start + block.w - 1))}
    block.buckets[index] = bucket
  end
  return bucket
end

local function add(bucket, column, v, seconds)
  local c = 4 * column
  local first = bucket[c + 2] == 0
  bucket[c + 1] = bucket[c + 1] + v * seconds
  bucket[c + 2] = bucket[c + 2] + seconds
  bucket[c + 3] = first and v or min(bucket[c + 3], v)
  bucket[c + 4] = first and v or max(bucket[c + 4], v)
end

-- Credits a sample to every bucket its time covers, the member's and the pool's.
local function credit(subject, cols, values, at, cover)
  local from = at - min(max(cover, 1), ${MAX_COVER_MS})
  for _, level in ipairs(levels) do
    for index = floor(from / level.step), ceil(at / level.step) - 1 do
      local mine = bucketOf(subject, cols, level, index)
      local all = mine and bucketOf(POOL, pool, level, index)
      if all then
        local seconds = (min(at, (index + 1) * level.step) - max(from, index * level.step)) / 1000
        for _, cell in ipairs(values) do
          add(mine, cell[1], cell[3], seconds)
          if cell[2] then add(all, cell[2], cell[3], seconds) end
        end
      end
    end
  end
end

local groups = cjson.decode(ARGV[2])
-- All names first, so that every block is as wide as it has to be when it is touched.
for _, group in ipairs(groups) do
  group.subject = 'm:' .. group.id
  group.cols = loadColumns(group.subject, ${MAX_STATS})
  group.mine, group.pool = {}, {}
  for i, name in ipairs(group.names) do
    group.mine[i] = column(group.cols, name)
    group.pool[i] = group.mine[i] and column(pool, name)
  end
end

local late = 0
for _, group in ipairs(groups) do
  for _, row in ipairs(group.rows) do
    local at, period = row[1], row[2]
    local hour = floor(at / HOUR)
    local block = hotBlock(group.id, hour, group.cols, at, period)
    if block then
      local cells, values = {}, {}
      for i = 1, block.n do cells[i] = NAN end
      for i = 1, #group.names do
        local v, index = row[i + 2], group.mine[i]
        if index and v ~= nil and v ~= cjson.null then
          cells[index + 1] = pack('<f', v)
          values[#values + 1] = {index, group.pool[i], v}
        end
      end
      local off = at - hour * HOUR
      -- A sample stands for the time since the one before, so that an agent too busy to keep its period weighs no less.
      local cover = block.last >= 0 and off > block.last and off - block.last <= ${GAP_MS} and off - block.last or period
      if insert(block, off, pack('<I4', off) .. table.concat(cells)) then
        credit(group.subject, group.cols, values, at, cover)
      end
    else
      late = late + 1
    end
  end
  local key = P .. 'latest:' .. group.id
  local before = call('GETRANGE', key, 0, 7)
  if before == '' or unpackBytes('<d', before) < group.latestAt then
    call('SET', key, pack('<d', group.latestAt) .. group.latest, 'PX', ${RAW_KEEP_MS})
  end
end

for _, block in pairs(hots) do
  if block and block.dirty then
    flush(block)
    call('SETRANGE', block.key, 0, pack('<I2xxI4I4', block.n, block.count, max(block.last, 0)))
  end
end
for _, block in pairs(rolls) do
  if block then
    for index, bucket in pairs(block.buckets) do
      local start = ${ROLL_HEADER} + (index % block.per) * block.w
      call('SETRANGE', block.key, start, pack(format(4 * block.n), unpack(bucket, 1, 4 * block.n)))
    end
  end
end
local function save(cols)
  if cols.dirty and cols.n > 0 then call('SET', cols.key, cols.text, 'PX', ${META_KEEP_MS}) end
end
save(pool)
for _, group in ipairs(groups) do save(group.cols) end
return {late, call('ZRANGEBYSCORE', P .. 'open', '-inf', now, 'LIMIT', 0, 2)}
`)
}
