import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { parseStall, parseStat } from '../../../agent/core/cpu.ts'
import { shareBetween } from '../../agent/share.ts'
import { until } from '../../wait.ts'
import { ORIGIN, startMachines, type TestMachines } from './cloud.ts'

const MEASURED_MS = 4000

interface Used {
  readonly atMs: number
  readonly usedNs: number
  /** In line for a CPU of a busy host. */
  readonly waitedNs: number
}

/** What the kernel says of all threads of a process. */
function use(pid: number): Used {
  let usedNs = 0
  let waitedNs = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [used, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number)
    usedNs += used ?? 0
    waitedNs += waited ?? 0
  }
  return { atMs: performance.now(), usedNs, waitedNs }
}

function procOf({ dir }: TestMachines, name: string): string {
  return readFileSync(join(dir, 'droplets', String(ORIGIN), 'proc', name), 'utf8')
}

describe('the CPU quota', { skip: process.platform !== 'linux' && 'reads /proc to measure' }, () => {
  const burners: { readonly vcpus: number; readonly test: TestMachines; readonly pid: number }[] = []

  before(async () => {
    for (const vcpus of [0.2, 0.4]) {
      const test = await startMachines({ launchCreditMs: 100, vcpus })
      await test.seedApp('for (;;);')
      burners.push({ vcpus, test, pid: test.processes(ORIGIN)['web'] ?? 0 })
    }
    // The launch credit, and the first debt, are past.
    await pause(1000)
  })
  after(() => Promise.all(burners.map(({ test }) => test.clear())))

  it('holds burning droplets to their share, and their agents see them full', async () => {
    const before = burners.map(({ test, pid }) => ({ use: use(pid), stat: parseStat(procOf(test, 'stat')) }))
    await pause(MEASURED_MS)
    for (const [index, { vcpus, test, pid }] of burners.entries()) {
      const from = before[index]
      const to = { use: use(pid), stat: parseStat(procOf(test, 'stat')) }
      assert.ok(from?.stat && to.stat)
      const shareNs = vcpus * (to.use.atMs - from.use.atMs) * 1e6
      const usedNs = to.use.usedNs - from.use.usedNs
      const waitedNs = to.use.waitedNs - from.use.waitedNs
      assert.ok(usedNs < 1.25 * shareNs, `${vcpus} vCPU: used ${(usedNs / shareNs).toFixed(2)} of its share`)
      // A host that is busy with other things may be why it got less: then it stood in line.
      assert.ok(usedNs + waitedNs > 0.75 * shareNs, `${vcpus} vCPU: got ${(usedNs / shareNs).toFixed(2)} of its share`)
      const busy = shareBetween(from.stat, to.stat)
      assert.ok(busy > 0.8, `the agent sees ${busy}`)
      const stoppedUs = parseStall(procOf(test, 'pressure/cpu')) ?? 0
      assert.ok(stoppedUs > 0 || waitedNs > 0.1 * shareNs, 'it was stopped while it wanted to run')
    }
  })
})

/** Starts a niced job when it starts, as cron would, and burns by itself once it is asked to. */
const WITH_JOB = `
  const { spawn } = require('node:child_process')
  const job = spawn('nice', ['-n', '10', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  process.on('SIGTERM', () => job.kill('SIGKILL') && process.exit())
  const burn = () => { for (const until = Date.now() + 50; Date.now() < until;); setImmediate(burn) }
  require('node:http').createServer((request, response) => {
    response.end(String(job.pid))
    if (request.url === '/burn') burn()
  }).listen(process.env.PORT, process.env.HOST)
`

describe('a niced process on a droplet', { skip: process.platform !== 'linux' && 'reads /proc to measure' }, () => {
  const vcpus = 0.3
  let test: TestMachines
  let url = ''
  let job = 0

  before(async () => {
    test = await startMachines({ launchCreditMs: 100, vcpus })
    url = await test.seedApp(WITH_JOB)
    job = await until(async () => Number(await (await fetch(url)).text()), { what: 'the job to run' })
    await pause(1000)
  })
  after(() => test?.clear())

  /** What the job used of the droplet's share, what it stood in line for, and what the droplet's own files say meanwhile. */
  async function measure(): Promise<{
    readonly used: number
    readonly waited: number
    readonly cpu: number
    readonly psi: number
  }> {
    const look = () => ({
      use: use(job),
      stat: parseStat(procOf(test, 'stat'))!,
      stallUs: parseStall(procOf(test, 'pressure/cpu'))!,
    })
    const from = look()
    await pause(MEASURED_MS)
    const to = look()
    const elapsedMs = to.use.atMs - from.use.atMs
    const share = (ns: number): number => ns / (vcpus * elapsedMs * 1e6)
    return {
      used: share(to.use.usedNs - from.use.usedNs),
      waited: share(to.use.waitedNs - from.use.waitedNs),
      cpu: shareBetween(from.stat, to.stat),
      psi: (to.stallUs - from.stallUs) / (elapsedMs * 1000),
    }
  }

  it('takes what is left, which the agent sees as a full CPU that nobody waits for', async () => {
    const { used, waited, cpu, psi } = await measure()
    assert.ok(used + waited > 0.75, `it got ${used}, and stood in line for ${waited}`)
    assert.ok(cpu > 0.8, `the agent sees ${cpu}`)
    assert.ok(psi < 0.1, `the agent sees pressure of ${psi}`)
  })

  it('gives way to whoever is not', async () => {
    await fetch(new URL('/burn', url))
    await pause(500)
    const { used, cpu } = await measure()
    assert.ok(used < 0.2, `it still got ${used}`)
    assert.ok(cpu > 0.8, `the agent sees ${cpu}`)
  })
})
