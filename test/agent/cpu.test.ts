import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createProcCollect } from '../../agent/collect/proc.ts'
import { createSystemCollect } from '../../agent/collect/system.ts'
import {
  cpuBetween,
  parseLoad,
  parseMemory,
  parseStall,
  parseStat,
  psiBetween,
  type Reading,
} from '../../agent/core/cpu.ts'
import { busyOf } from '../../agent/core/meter.ts'
import { until } from '../wait.ts'

const STAT = `cpu  100 10 50 800 40 5 5 20 30 0
cpu0 50 5 25 400 20 2 3 10 15 0
cpu1 50 5 25 400 20 3 2 10 15 0
intr 12345 0 0
ctxt 999
`

function reading(monoMs: number, busy: number, total: number, stallUs: number | null = null): Reading {
  return { at: monoMs, monoMs, cpu: { busy, stolen: 0, total, cores: 1 }, memory: null, load1: null, stallUs, odd: [] }
}

describe('agent host files', () => {
  it('counts stolen time as wanted and guest time once', () => {
    const ticks = [100, 10, 50, 800, 40, 5, 5, 20]
    assert.deepEqual(parseStat(STAT), { ticks, cores: 2 })
    assert.equal(busyOf(ticks), 190)
  })

  it('knows files that are not what they should be', () => {
    for (const text of ['', 'cpu', 'cpu  1 2', 'cpu  1 2 x 4 5', 'intr 1 2 3 4 5']) assert.equal(parseStat(text), null)
    assert.equal(parseMemory('MemFree: 12 kB\n'), null)
    assert.equal(parseLoad('abc'), null)
    assert.equal(parseStall('full avg10=0.00 total=12'), null)
  })

  it('counts memory the kernel can give back as free', () => {
    assert.equal(parseMemory('MemTotal:  1000 kB\nMemFree:   100 kB\nMemAvailable:   750 kB\n'), 0.25)
    assert.equal(parseMemory('MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\n'), 0.5)
    const old = 'MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 400 kB\nShmem: 300 kB\nSReclaimable: 100 kB\n'
    assert.equal(parseMemory(old), 0.7, 'shared memory cannot be given back')
    assert.equal(parseMemory('MemTotal: 1000 kB\nMemAvailable: 1200 kB\n'), 0)
    assert.equal(parseMemory('MemTotal: 1000 kB\nCached: 100 kB\n'), null, 'nothing says what is free')
  })

  it('reads load and pressure', () => {
    assert.equal(parseLoad('0.75 0.40 0.30 1/123 4567\n'), 0.75)
    assert.equal(parseStall('some avg10=1.00 avg60=0.5 avg300=0.1 total=12345\nfull avg10=0 total=9\n'), 12345)
  })

  it('gives shares of the time between two readings', () => {
    assert.equal(cpuBetween(reading(0, 100, 1000), reading(1000, 150, 1100)), 0.5)
    assert.equal(cpuBetween(reading(0, 100, 1000), reading(1000, 100, 1000)), null)
    assert.equal(psiBetween(reading(0, 0, 0, 1_000), reading(1000, 0, 1, 251_000)), 0.25)
    assert.equal(psiBetween(reading(0, 0, 0), reading(1000, 0, 1, 5)), null)
  })

  it('reads this host, through /proc where there is one and through Node anyway', async () => {
    const collects = process.platform === 'linux' ? [createProcCollect('/proc')] : []
    for (const collect of [...collects, createSystemCollect()]) {
      const first = await collect()
      assert.ok(first !== null && first.cpu.cores >= 1)
      const now = await until(
        async () => {
          const reading = await collect()
          return reading !== null && reading.cpu.busy > 0 ? reading : null
        },
        { what: 'the counters to move' },
      )
      assert.ok(now.cpu.total >= now.cpu.busy)
      assert.deepEqual(now.odd, [])
      assert.ok(now.memory !== null && now.memory > 0 && now.memory < 1)
      assert.ok(Math.abs(now.at - Date.now()) < 10_000)
    }
  })

  it('answers null where there is nothing to read', async () => {
    assert.equal(await createProcCollect('/nowhere/at/all')(), null)
  })
})
