import { MAX_COVER_MS, ROLL_CELL, ROLL_HEADER } from './layout.ts'

/** Lua of the append script: the roll-up buckets a sample is credited to. */
export const ROLL_LUA = `
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
`
