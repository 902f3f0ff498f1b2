import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { parseLoad, parseMemory, parseStall, parseStat } from '../../../agent/core/cpu.ts'
import {
  advance,
  createAtomicFile,
  NO_COUNTERS,
  renderLoadavg,
  renderMeminfo,
  renderPressure,
  renderStat,
  type Counters,
  type Elapsed,
} from '../../../src/demo/cloud/machines/proc/proc-files.ts'
import { shareBetween } from '../../agent/share.ts'

const QUARTER = 250_000
const still: Elapsed = { elapsedUs: QUARTER, usedUs: 0, stoppedUs: 0, waitedUs: 0, vcpus: 0.2 }

function over(seconds: number, step: Partial<Elapsed>, from: Counters = NO_COUNTERS): Counters {
  let counters = from
  for (let index = 0; index < seconds * 4; index++) counters = advance(counters, { ...still, ...step })
  return counters
}

/** The share of its CPU an agent sees used between two renderings. */
function seen(from: Counters, to: Counters): number {
  const [before, later] = [parseStat(renderStat(from, 0, 1)), parseStat(renderStat(to, 0, 1))]
  assert.ok(before && later)
  return shareBetween(before, later)
}

describe('a droplet’s proc files', () => {
  it('tell CPU as a share of the quota', () => {
    assert.equal(seen(NO_COUNTERS, over(10, {})), 0)
    assert.ok(Math.abs(seen(NO_COUNTERS, over(10, { usedUs: 25_000 })) - 0.5) < 0.001)
    assert.equal(seen(NO_COUNTERS, over(10, { usedUs: 50_000 })), 1)
  })

  it('never let idle time fall, and make a short overrun good later', () => {
    let counters = over(2, { usedUs: 10_000 })
    const before = counters
    for (const usedUs of [70_000, 30_000, 60_000, 40_000]) {
      const next = advance(counters, { ...still, usedUs })
      assert.ok(next.idleUs >= counters.idleUs && next.userUs >= counters.userUs)
      counters = next
    }
    // 200 ms of use in a second at 0.2 vCPU: all of it.
    assert.ok(seen(before, counters) > 0.99)
  })

  it('forget the free seconds of a boot soon', () => {
    const booted = over(2, { usedUs: QUARTER })
    assert.ok(seen(booted, over(5, {}, booted)) < 0.05)
  })

  it('count waiting for a busy host as stolen, so the droplet looks as full as it is', () => {
    const starved = over(10, { usedUs: 20_000, waitedUs: 230_000 })
    assert.equal(seen(NO_COUNTERS, starved), 1)
    assert.match(renderStat(starved, 0, 1), /^cpu {2}800000 0 0 0 0 0 0 1200000 0 0$/m)
  })

  it('count as stolen only what it could have used meanwhile, so an idle droplet of a busy host looks idle', () => {
    // Of each 250 ms it waits for 50, in which a fifth of a CPU does 10 ms of work; it has 50.
    const late = over(10, { usedUs: 5000, waitedUs: 50_000 })
    assert.ok(Math.abs(seen(NO_COUNTERS, late) - 0.3) < 0.001, String(seen(NO_COUNTERS, late)))
    const often = over(10, { usedUs: 20_000, waitedUs: 100_000 })
    assert.ok(Math.abs(seen(NO_COUNTERS, often) - 0.8) < 0.001, String(seen(NO_COUNTERS, often)))
  })

  it('show a throttled droplet as one runnable task, with the time it was stopped', () => {
    const throttled = over(300, { usedUs: 50_000, stoppedUs: 200_000 })
    const load = parseLoad(renderLoadavg(throttled, 3, 99))
    assert.ok(load !== null && load > 0.98 && load <= 1.01, String(load))
    assert.equal(parseStall(renderPressure(throttled)), 300 * 800_000)
    assert.match(renderPressure(throttled), /^some avg10=80\.00 avg60=79\.\d\d avg300=5\d\.\d\d total=240000000$/m)
  })

  it('tell memory of the droplet’s own size', () => {
    assert.equal(parseMemory(renderMeminfo(256 * 2 ** 20, 64 * 2 ** 20)), 0.25)
    assert.equal(parseMemory(renderMeminfo(256 * 2 ** 20, 2 ** 30)), 1)
  })
})

describe('an atomic file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'spinup-atomic-'))
  after(() => rmSync(dir, { recursive: true }))

  it('shows the latest text whole, shorter ones too, also after another writer', () => {
    const path = join(dir, 'stat')
    for (let boot = 0; boot < 2; boot++) {
      const writer = createAtomicFile(path)
      for (const text of ['one', 'two, a longer one', 'three', 'three', 'x', 'one']) {
        writer.write(text)
        assert.equal(readFileSync(path, 'utf8'), text)
      }
    }
    assert.deepEqual(readdirSync(dir).toSorted(), ['.stat.a', '.stat.b', 'stat'])
  })

  it('leaves what a reader has open as it was until the next but one version', async () => {
    const path = join(dir, 'slow')
    const file = createAtomicFile(path)
    file.write('first')
    const { open } = await import('node:fs/promises')
    const reader = await open(path)
    file.write('second version')
    assert.equal(await reader.readFile('utf8'), 'first')
    await reader.close()
  })
})
