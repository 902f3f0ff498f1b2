import { HOT_HEADER, MAX_POOL_COLUMNS, META_KEEP_MS, MOST_ROWS, RAW_KEEP_MS, SEAL_AFTER_MS } from './layout.ts'

/** Lua of the append script: stat columns, and the hot blocks that raw samples are put in. */
export const HOT_LUA = `
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
    -- Once an hour the names' time to live starts again.
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
  if block.tail then
    local parts, from = {}, 1
    for _, late in ipairs(block.late) do
      parts[#parts + 1] = string.sub(block.tail, from, late[1] * block.w)
      parts[#parts + 1] = late[2]
      from = late[1] * block.w + 1
    end
    parts[#parts + 1] = string.sub(block.tail, from)
    call('SETRANGE', block.key, ${HOT_HEADER} + block.tailRow * block.w, table.concat(parts))
    block.tail = nil
  end
  if #block.rows > 0 then
    call('SETRANGE', block.key, ${HOT_HEADER} + (block.count - #block.rows) * block.w, table.concat(block.rows))
    block.rows = {}
  end
end

-- How many of 'count' rows, whose times 'timeAt' gives, come before an instant, and whether one is of it.
local function before(count, timeAt, off)
  local low, high = 0, count
  while low < high do
    local mid = floor((low + high) / 2)
    local there = timeAt(mid)
    if there == off then return mid, true end
    if there < off then low = mid + 1 else high = mid end
  end
  return low, false
end

-- Puts a row in its place; false when there is one of that instant, or the hour is full. A call brings a block's rows in order, so
-- what comes before others is gathered, and they are moved once: each by itself would move them all each time.
local function insert(block, off, row)
  if block.count >= ${MOST_ROWS} then return false end
  block.dirty = true
  if off > block.last then
    block.rows[#block.rows + 1] = row
    block.count = block.count + 1
    block.last = off
    return true
  end
  if off == block.last or off == block.lateOff then return false end
  local stored = block.count - #block.rows
  if not block.tail then
    local start, known = before(stored, function(index)
      local at = ${HOT_HEADER} + index * block.w
      return unpackBytes('<I4', call('GETRANGE', block.key, at, at + 3))
    end, off)
    if known then return false end
    block.tailRow = start
    block.tail = call('GETRANGE', block.key, ${HOT_HEADER} + start * block.w, ${HOT_HEADER} + stored * block.w - 1)
    block.late = {}
  end
  local place, known = before(#block.tail / block.w, function(index)
    return (unpackBytes('<I4', block.tail, index * block.w + 1))
  end, off)
  if known then return false end
  block.late[#block.late + 1] = {place, row}
  block.lateOff = off
  block.count = block.count + 1
  return true
end
`
