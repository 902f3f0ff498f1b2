import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cpuBetween, psiBetween, stealBetween, type Reading } from '../../agent/core/cpu.ts'
import { createMeter } from '../../agent/core/meter.ts'

type Field = 'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'irq' | 'softirq' | 'steal'
const FIELDS: readonly Field[] = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal']

/** A host of `cores`, 30 % busy, whose counters are bent by `bend` at second `s`; read once a second. */
function watch(
  seconds: number,
  bend: (counters: Record<Field, number>, s: number) => void,
  options: {
    readonly cores?: (s: number) => number
    readonly rate?: number
    readonly stall?: (s: number) => number
  } = {},
): readonly Reading[] {
  const { cores = () => 1, rate = 100, stall } = options
  const meter = createMeter()
  const honest: Record<Field, number> = {
    user: 1000,
    nice: 0,
    system: 500,
    idle: 90_000,
    iowait: 10,
    irq: 0,
    softirq: 3,
    steal: 50,
  }
  return Array.from({ length: seconds + 1 }, (_, s) => {
    if (s > 0) {
      honest.user += 0.3 * rate * cores(s)
      honest.idle += 0.7 * rate * cores(s)
    }
    const shown = { ...honest }
    bend(shown, s)
    const ticks = FIELDS.map((field) => Math.round(shown[field]))
    const stallUs = stall?.(s) ?? null
    return meter({
      at: s * 1000,
      monoMs: s * 1000,
      cpu: { ticks, cores: cores(s) },
      memory: null,
      load1: null,
      stallUs,
    })
  })
}

/** The CPU of each second; null where nothing can be said. */
const cpus = (readings: readonly Reading[]): readonly (number | null)[] =>
  readings.slice(1).map((reading, index) => cpuBetween(readings[index]!, reading))

const odd = (readings: readonly Reading[]): string => readings.flatMap((reading) => reading.odd).join('\n')

function assertNear(readings: readonly Reading[], want: number): void {
  for (const cpu of cpus(readings))
    assert.ok(cpu !== null && Math.abs(cpu - want) < 0.03, `${cpus(readings).join(' ')}`)
}

describe('the meter of the host’s counters', () => {
  it('has nothing to say about healthy counters, however fine they count', () => {
    for (const rate of [100, 1000, 1_000_000, 200_000]) {
      const readings = watch(10, () => {}, { rate })
      assertNear(readings, 0.3)
      assert.equal(odd(readings), '')
    }
  })

  it('tells what the hypervisor gave to others, also beside odd counters', () => {
    for (const field of [null, 'user', 'idle'] as const) {
      const readings = watch(10, (counters, s) => {
        counters.steal += 20 * s
        counters.idle -= 20 * s
        if (field !== null) counters[field] += s < 5 ? 50_000 : 0
      })
      const shares = readings.slice(1).map((reading, index) => stealBetween(readings[index]!, reading))
      assert.ok(
        shares.every((share) => share !== null && Math.abs(share - 0.2) < 0.02),
        shares.join(' '),
      )
    }
  })

  it('measures on while steal falls by hundreds of millions a second', () => {
    const readings = watch(10, (counters, s) => {
      counters.steal = 1_844_674_407_370 - s * 700_000_000
    })
    assertNear(readings, 0.3)
    assert.match(odd(readings), /steal went back by 700000000 ticks in 1\.0 s/)
  })

  for (const field of ['user', 'system', 'idle', 'iowait', 'steal'] as const) {
    it(`measures on where ${field} alone goes back, once or for good, and says so`, () => {
      const forGood = watch(10, (counters, s) => {
        counters[field] += 1_000_000 - s * 5_000
      })
      const once = watch(10, (counters, s) => {
        counters[field] += s < 5 ? 50_000 : 0
      })
      for (const readings of [forGood, once]) {
        assertNear(readings, 0.3)
        assert.match(odd(readings), new RegExp(`${field} went back`))
      }
    })

    it(`measures on where ${field} alone jumps ahead, and says so`, () => {
      const readings = watch(10, (counters, s) => {
        counters[field] += s < 5 ? 0 : 2 ** 32
      })
      assertNear(readings, 0.3)
      assert.match(odd(readings), new RegExp(`${field} jumped by 4294967\\d+ ticks`))
    })
  }

  it('takes what is missing beside an idle counter that stands still for idle, and says so', () => {
    for (const stuckFrom of [0, 5]) {
      let stuckAt = 0
      const readings = watch(12, (counters, s) => {
        if (s <= stuckFrom) stuckAt = counters.idle
        counters.idle = stuckAt
      })
      assertNear(readings, 0.3)
      assert.match(odd(readings), /idle stood still in 1\.0 s/)
    }
  })

  it('takes a host that is never idle for full, though some ticks of its time are missing', () => {
    const readings = watch(10, (counters, s) => {
      counters.user += 0.4 * 100 * s
      counters.idle = 90_000
    })
    assertNear(readings, 1)
    assert.equal(odd(readings), '')
  })

  it('measures on where two counters go back and forth', () => {
    const readings = watch(12, (counters, s) => {
      counters.steal += s % 2 === 0 ? 900_000 : 0
      counters.iowait += s % 3 === 0 ? 0 : 70_000
    })
    assertNear(readings, 0.3)
  })

  it('takes no harm from steal that went below zero, as signed or as unsigned 64 bits', () => {
    const signed = watch(6, (counters, s) => {
      counters.steal = 3 - s
    })
    const unsigned = watch(6, (counters, s) => {
      counters.steal = s < 3 ? 3 - s : 2 ** 64 - 1024
    })
    assertNear(signed, 0.3)
    assertNear(unsigned, 0.3)
    assert.match(odd(unsigned), /steal jumped/)
  })

  it('is not troubled by iowait that goes back a little, as it may on a healthy kernel', () => {
    const readings = watch(10, (counters, s) => {
      counters.iowait += s % 2
    })
    assertNear(readings, 0.3)
    assert.equal(odd(readings), '')
  })

  it('says nothing of the moment in which all counters begin again, and measures on after it', () => {
    const readings = watch(6, (counters, s) => {
      if (s < 3) return
      counters.user -= 1000
      counters.idle -= 90_000
    })
    assert.equal(cpus(readings)[2], null)
    assert.ok(cpus(readings).every((cpu, index) => index === 2 || Math.abs(cpu! - 0.3) < 0.03))
    assert.match(odd(readings), /user went back/)
  })

  it('follows vCPUs that are taken away, with the idle time that goes with them', () => {
    const readings = watch(
      10,
      (counters, s) => {
        if (s >= 5) counters.idle -= 40_000
      },
      { cores: (s) => (s < 5 ? 4 : 2) },
    )
    assertNear(readings, 0.3)
    assert.match(odd(readings), /idle went back/)
  })

  it('says that counters stand still', () => {
    const readings = watch(8, (counters) => {
      counters.user = 1000
      counters.idle = 90_000
    })
    assert.ok(cpus(readings).every((cpu) => cpu === null))
    assert.match(odd(readings), /do not move/)
  })

  it('leaves pressure out where its counter goes back or runs faster than time, and says so', () => {
    const waits = (readings: readonly Reading[]) =>
      readings.slice(1).map((reading, index) => psiBetween(readings[index]!, reading))
    const healthy = watch(4, () => {}, { stall: (s) => s * 250_000 })
    assert.deepEqual(waits(healthy), [0.25, 0.25, 0.25, 0.25])
    const back = watch(4, () => {}, { stall: (s) => (s < 2 ? 9_000_000 : 0) + s * 250_000 })
    assert.deepEqual(waits(back), [0.25, null, null, 0.25])
    assert.match(odd(back), /CPU pressure went back/)
    const wild = watch(3, () => {}, { stall: (s) => s * 1e9 })
    assert.deepEqual(waits(wild), [null, null, null])
    assert.match(odd(wild), /CPU pressure jumped/)
  })
})
