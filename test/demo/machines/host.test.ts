import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { createPsHost, parseCpuTime, parsePs, pickHost } from '../../../src/demo/cloud/machines/host/ps-host.ts'
import { signalGroups } from '../../../src/demo/cloud/machines/host/host.ts'
import { until } from '../../wait.ts'

/** Burns CPU in a thread beside the main one, and in short-lived children. */
const BURNER = `
  const { Worker, isMainThread } = require('node:worker_threads')
  if (isMainThread) {
    new Worker(process.argv[1], { eval: true })
    require('node:child_process').spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  }
  for (const until = Date.now() + 30_000; Date.now() < until;);
`

for (const [name, createHost] of [
  ['this system’s', pickHost],
  ['the portable (ps)', createPsHost],
] as const) {
  describe(`${name} view of processes`, () => {
    const host = createHost()
    let burner: ChildProcess
    let group = 0

    before(() => {
      burner = spawn(process.execPath, ['-e', BURNER, BURNER], { detached: true, stdio: 'ignore' })
      group = burner.pid ?? 0
    })
    after(() => {
      signalGroups([group], 'SIGKILL')
      host.close()
    })

    it('finds a group’s processes and when they started', async () => {
      const found = await until(() => {
        const processes = host.processes(new Set([group]))
        return processes.length === 2 && processes
      })
      assert.ok(found.some((process) => process.pid === group))
      for (const process of found) {
        assert.equal(process.group, group)
        assert.ok(process.start.length > 3)
      }
      assert.deepEqual(host.processes(new Set([2 ** 22 - 3])), [])
    })

    it('counts the CPU time of all threads and children', async () => {
      const meter = host.createMeter()
      meter.follow(host.processes(new Set([group])))
      const first = meter.read(true)
      let last = first
      await until(() => {
        meter.follow(host.processes(new Set([group])))
        const now = meter.read(false)
        assert.ok(now >= last, 'never falls')
        last = now
        return now - first > 3e8
      })
      assert.ok(meter.memoryBytes() > 2 ** 20)
      meter.close()
    })

    it('tells within a hair what the process itself says it used', async () => {
      const meter = host.createMeter()
      const coarse = (): number => host.processes(new Set([group])).reduce((sum, process) => sum + process.cpuNs, 0)
      meter.follow(host.processes(new Set([group])))
      signalGroups([group], 'SIGSTOP')
      await until(() => {
        meter.follow(host.processes(new Set([group])))
        return Math.abs(meter.read(true) - coarse()) < 1e8
      })
      signalGroups([group], 'SIGCONT')
      meter.close()
    })
  })
}

describe('reading ps', () => {
  it('knows the CPU times of Linux and macOS', () => {
    assert.equal(parseCpuTime('00:01:02'), 62e9)
    assert.equal(parseCpuTime('0:01.25'), 1.25e9)
    assert.equal(parseCpuTime('2-01:00:00'), (2 * 86_400 + 3600) * 1e9)
  })

  it('leaves zombies and broken lines out', () => {
    const text =
      ' 12  12 Ss  2048 00:00:01 5 Mon Jan  5 10:00:00 2026\n 13 12 Z 0 00:00:00 0 Mon Jan 5 10:00:01 2026\n\n  x\n'
    assert.deepEqual(parsePs(text), [
      { pid: 12, group: 12, start: 'Mon Jan 5 10:00:00 2026', cpuNs: 1e9, nice: 5, rssBytes: 2_097_152 },
    ])
  })
})
