import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { createArrivals, createRandom, endOf, HACKER_NEWS, rateAt, type Shape } from '../../src/demo/traffic/shape.ts'
import { readFlags, writeFlags } from '../../src/demo/traffic/flags.ts'
import type { Second } from '../../src/demo/traffic/tally.ts'
import { createTraffic, type Traffic } from '../../src/demo/traffic/traffic.ts'
import { until } from '../wait.ts'

/** All arrivals of the first `ms`. */
function arrivalsOf(seed: number, ms: number, peak: number, rate: (at: number) => number): readonly number[] {
  const arrivals = createArrivals(peak, createRandom(seed))
  const taken: number[] = []
  for (let at = arrivals.next(); at < ms; at = arrivals.next()) if (arrivals.comes(rate(at))) taken.push(at)
  return taken
}

function frontPage(ms: number): number {
  return rateAt(HACKER_NEWS, ms, { surgeAt: 20_000, easeAt: null })
}

function steady(): number {
  return 50
}

describe('the shape of the demo traffic', () => {
  it('is quiet, jumps within seconds, holds, and falls off', () => {
    assert.equal(frontPage(0), 12)
    assert.equal(frontPage(19_999), 12)
    assert.equal(frontPage(21_500), 12 + 84 / 2)
    assert.equal(frontPage(23_000), 96)
    assert.equal(frontPage(82_999), 96)
    assert.ok(Math.abs(frontPage(83_000 + 40_000) - (12 + 84 / Math.E)) < 1e-9)
    assert.ok(frontPage(83_000 + 400_000) < 12.1)
  })

  it('stays until it is eased where it holds without an end, and comes back with another surge', () => {
    const shape: Shape = { ...HACKER_NEWS, holdMs: null }
    assert.equal(rateAt(shape, 9e6, { surgeAt: 20_000, easeAt: null }), 96)
    assert.ok(Math.abs(rateAt(shape, 140_000, { surgeAt: 20_000, easeAt: 100_000 }) - (12 + 84 / Math.E)) < 1e-9)
    // Eased before it was up: the jump is whole first.
    assert.equal(rateAt(shape, 22_999, { surgeAt: 20_000, easeAt: 21_000 }) > 95, true)
    assert.equal(rateAt(shape, 300_000, { surgeAt: 200_000, easeAt: 100_000 }), 96, 'an ease of the crowd before')
    assert.equal(endOf(shape, { surgeAt: 20_000, easeAt: null }), null)
    assert.equal(endOf(shape, { surgeAt: 20_000, easeAt: 100_000 }), 280_000)
    assert.equal(endOf(HACKER_NEWS, { surgeAt: 20_000, easeAt: null }), 263_000)
  })

  it('waits for its surge if it is told so', () => {
    assert.equal(rateAt({ ...HACKER_NEWS, quietForMs: null }, 1e6, { surgeAt: null, easeAt: null }), 12)
  })

  it('gives the same arrivals for the same seed, and others for another', () => {
    assert.deepEqual(arrivalsOf(7, 5000, 50, steady), arrivalsOf(7, 5000, 50, steady))
    assert.notDeepEqual(arrivalsOf(7, 5000, 50, steady), arrivalsOf(8, 5000, 50, steady))
  })

  it('arrives as people do: at the rate, and with gaps of no regularity', () => {
    const at = arrivalsOf(1, 200_000, 100, (ms) => (ms < 100_000 ? 20 : 100))
    const before = at.filter((ms) => ms < 100_000).length
    assert.ok(Math.abs(before - 2000) < 150, `about 2000, got ${before}`)
    assert.ok(Math.abs(at.length - before - 10_000) < 350, `about 10000, got ${at.length - before}`)
    const gaps = at.slice(before + 1).map((ms, index) => ms - at[before + index]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    // A Poisson process's gaps spread as far as their mean is long.
    assert.ok(Math.abs(spread / mean - 1) < 0.1, `got ${spread / mean}`)
  })

  it('goes through the command line and back', () => {
    const shapes: readonly Shape[] = [
      { ...HACKER_NEWS, quietForMs: null, afterMs: null, quietRps: 1.5 },
      { ...HACKER_NEWS, holdMs: null },
      { kind: 'steady', rps: 20, forMs: 3000 },
    ]
    for (const shape of shapes) {
      const options = { url: 'http://127.0.0.1:8000', shape, seed: 4, patienceMs: 2500, paths: ['/', '/a b'] }
      assert.deepEqual(readFlags(writeFlags(options)).options, options)
    }
    const short = readFlags(['--url', 'http://localhost', '--quiet-for', '1m', '--hold', '500ms']).options.shape
    assert.deepEqual(short, { ...HACKER_NEWS, quietForMs: 60_000, holdMs: 500 })
    assert.throws(() => readFlags(['--url', 'http://localhost', '--hold', 'long']), /--hold long is not a time/)
    assert.throws(() => readFlags([]), /--url is missing/)
  })
})

describe('the demo traffic', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  const site = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(async () => {
      server.close()
      server.closeAllConnections()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const start = (options: Parameters<typeof createTraffic>[0]): Traffic => {
    const traffic = createTraffic(options)
    closing.push(() => traffic.stop().catch(() => undefined))
    return traffic
  }

  it('sends every visit that is due, and tells each second of it', async () => {
    const paths = new Set<string>()
    let asked = 0
    const url = await site((request, response) => {
      asked += 1
      paths.add(request.url ?? '')
      response.end('page')
    })
    const seconds: Second[] = []
    const traffic = start({
      url,
      shape: { kind: 'steady', rps: 100, forMs: 2000 },
      seed: 3,
      paths: ['/a', '/b'],
      onSecond: (second) => seconds.push(second),
    })
    const summary = await traffic.ended
    const due = arrivalsOf(3, 2000, 100, () => 100).length
    assert.equal(summary.offered, due)
    assert.deepEqual([summary.answered, summary.failed, asked], [summary.offered, 0, summary.offered])
    assert.deepEqual([...paths].toSorted(), ['/a', '/b'])
    assert.equal(
      seconds.reduce((sum, second) => sum + second.offered, 0),
      summary.offered,
    )
    assert.ok(seconds.length >= 2)
    assert.equal(seconds[0]?.rate, 100)
    const visits = seconds.flatMap((second) => second.visits)
    assert.equal(visits.length, summary.answered, 'each visit is told of once')
    assert.ok(visits.every(({ at, ms, failed }) => at > Date.now() - 60_000 && ms > 0 && !failed))
  })

  it('does not slow down with the site, and counts waiting from when a visit was due', async () => {
    const held: (() => void)[] = []
    let open = false
    const url = await site((_, response) => {
      if (open) response.end()
      else held.push(() => response.end())
    })
    const seconds: Second[] = []
    const traffic = start({
      url,
      shape: { kind: 'steady', rps: 60, forMs: null },
      onSecond: (second) => seconds.push(second),
    })
    await until(() => seconds.length >= 2, { what: 'two seconds' })
    assert.equal(seconds[1]?.answered, 0)
    assert.ok((seconds[1]?.waiting ?? 0) > 60, 'they all wait')
    open = true
    for (const answer of held.splice(0)) answer()
    await until(() => seconds.length >= 4)
    const freed = seconds.find((second) => second.answered > 0)
    assert.ok((freed?.p95Ms ?? 0) > 1000, `the first ones waited for long, got ${freed?.p95Ms}`)
    const summary = await traffic.stop()
    assert.equal(summary.failed, 0)
  })

  it('counts errors, silence and refusals as failed, with the reason', async () => {
    let count = 0
    const url = await site((_, response) => {
      count += 1
      if (count % 3 === 0) response.writeHead(503).end()
      else if (count % 3 === 1) response.writeHead(404).end()
    })
    const summary = await start({ url, shape: { kind: 'steady', rps: 60, forMs: 1000 }, patienceMs: 3000 }).ended
    assert.ok((summary.failures['status 503'] ?? 0) > 5)
    assert.ok((summary.failures['timeout'] ?? 0) > 5)
    assert.equal(summary.answered + summary.failed, summary.offered)
    const refused = await start({ url: 'http://127.0.0.1:1', shape: { kind: 'steady', rps: 40, forMs: 500 } }).ended
    assert.deepEqual(Object.keys(refused.failures), ['ECONNREFUSED'])
  })

  it('jumps when the link is posted, eases, and jumps again', async () => {
    const url = await site((_, response) => void response.end())
    const seconds: Second[] = []
    const shape: Shape = {
      ...HACKER_NEWS,
      quietRps: 5,
      peak: 20,
      quietForMs: null,
      riseMs: 200,
      holdMs: null,
      decayMs: 300,
    }
    const traffic = start({ url, shape, onSecond: (second) => seconds.push(second) })
    await until(() => seconds.length >= 1)
    assert.ok((seconds[0]?.offered ?? 99) < 20)
    for (const turn of ['the jump', 'the next crowd']) {
      traffic.surge()
      await until(() => (seconds.at(-1)?.offered ?? 0) > 60, { what: turn })
      traffic.ease()
      await until(() => (seconds.at(-1)?.offered ?? 99) < 25, { what: 'readers to move on' })
    }
    await traffic.stop()
  })

  it('goes to this machine only', async () => {
    const shape: Shape = { kind: 'steady', rps: 1, forMs: 100 }
    for (const url of ['http://example.com', 'https://127.0.0.1', 'http://127.0.0.1.example.com'])
      await assert.rejects(createTraffic({ url, shape }).ended, /on this machine only/)
  })

  it('ends with the process that started it', async () => {
    let last = 0
    const url = await site((_, response) => {
      last = performance.now()
      response.end()
    })
    const module = join(import.meta.dirname, '../../src/demo/traffic/traffic.ts')
    const program = `
      const { createTraffic } = await import(${JSON.stringify(module)})
      createTraffic({ url: ${JSON.stringify(url)}, shape: { kind: 'steady', rps: 50, forMs: null } })
    `
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
    await until(() => last > 0, { what: 'traffic' })
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    await until(() => performance.now() - last > 1000, { what: 'silence' })
  })
})
