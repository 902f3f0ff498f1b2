import { MAX_STATS } from '../../core/model/sample.ts'
import { HOT_LUA } from './append-hot.ts'
import { ROLL_LUA } from './append-rollups.ts'
import { AHEAD_MS, GAP_MS, HOUR, LEVELS, META_KEEP_MS, MOST_ROWS, RAW_KEEP_MS, ROLL_HEADER } from './layout.ts'
import { script, type Script } from './read-script.ts'

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
${HOT_LUA}
${ROLL_LUA}
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
      -- A sample covers the time since the one before, so that an agent too busy to keep its period weighs no less.
      local cover = block.last >= 0 and off > block.last and off - block.last <= ${GAP_MS} and off - block.last or period
      if insert(block, off, pack('<I4', off) .. table.concat(cells)) then
        credit(group.subject, group.cols, values, at, cover)
      elseif block.count >= ${MOST_ROWS} then
        late = late + 1
      end
    else
      late = late + 1
    end
  end
  local key = P .. 'latest:' .. group.id
  local before = call('GETRANGE', key, 0, 7)
  local known = before == '' and -1 or unpackBytes('<d', before)
  -- One that lies ahead was taken by a clock that has been set back since: it would be the newest for as long.
  if known < group.latestAt or (known > now + ${AHEAD_MS} and group.latestAt <= now + ${AHEAD_MS}) then
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
