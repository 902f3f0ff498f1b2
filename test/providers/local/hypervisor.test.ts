import assert from 'node:assert/strict'
import { access, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { socketPath } from '../../../src/providers/local/address.ts'
import { createLocalProvider } from '../../../src/providers/local/local-cloud.ts'
import { until } from '../../wait.ts'
import { WEB_APP, agentConfigOf, ask, isAlive, servicesOf, startCloud } from './cloud.ts'
import type { TestCloud } from './cloud.ts'
import { anyNumber } from '../../permit.ts'

async function within(test: TestCloud, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } finally {
    await test.stop()
  }
}

async function killHypervisor(test: TestCloud): Promise<void> {
  const { pid } = test.hypervisor()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid))
}

describe('the local hypervisor', () => {
  it('is adopted by a second start, and many starts at once make one', async () => {
    const test = await startCloud()
    await within(test, async () => {
      const first = test.hypervisor().pid
      assert.equal((await test.again()).pid, first)
      await test.hypervisor().stop()
      const starts = await Promise.all([test.again(), test.again(), test.again(), test.again()])
      assert.deepEqual([...new Set(starts.map((start) => start.pid))], [test.hypervisor().pid])
      assert.notEqual(test.hypervisor().pid, first)
    })
  })

  it('killed, is followed by one that knows every droplet and takes over those that run', async () => {
    const test = await startCloud()
    await within(test, async () => {
      const on = await test.seed('on', WEB_APP)
      const off = await test.seed('off', WEB_APP)
      await test.cloud.power(off.id, 'off')
      await until(async () => (await test.cloud.get(off.id))?.status === 'off')
      const pid = await until(() => ask(`${on.url}/pid`))
      const before = await test.cloud.list()
      await killHypervisor(test)

      assert.equal(await ask(`${on.url}/pid`), pid, 'droplets outlive their hypervisor')
      await test.again()
      assert.deepEqual(await test.cloud.list(), before)
      assert.equal(await ask(`${on.url}/pid`), pid, 'the same process')
      await test.cloud.power(on.id, 'off')
      await until(async () => (await test.cloud.get(on.id))?.status === 'off')
      await until(() => !isAlive(Number(pid)), { what: 'its process, taken over, to be gone' })
    })
  })

  it('killed while a burner is held stopped, leaves no frozen process and no orphan behind', async () => {
    const test = await startCloud({ launchCreditMs: 0 })
    await within(test, async () => {
      const burner = await test.seed('burner', 'for (;;);', 0.1)
      const { web = 0 } = await servicesOf(test.dir, burner.id)
      assert.ok(isAlive(web))
      await killHypervisor(test)
      // As if its droplet had been forgotten: the process is known by the mark in its environment only.
      if (process.platform === 'linux') {
        await writeFile(join(test.dir, 'state.json'), JSON.stringify({ version: 1, droplets: [], snapshots: [] }))
      }
      await test.again()
      if (process.platform !== 'linux') await test.cloud.destroy(burner.id)
      await until(() => !isAlive(web), { what: 'the orphan to be gone' })
      await until(async () => (await readdir(join(test.dir, 'droplets'))).length === 0, {
        what: 'its folder to be gone',
      })
    })
  })

  it('killed while a clone boots and a snapshot is copied, goes on with both', async () => {
    const test = await startCloud({ snapshotMs: 600, bootMs: 600 })
    await within(test, async () => {
      const origin = await test.seed('web', WEB_APP)
      const complete = (name: string): Promise<string> =>
        until(async () => {
          const snapshot = await test.cloud.snapshot(origin.id, name)
          return snapshot.complete && snapshot.id
        })
      const snapshotId = await complete('first')
      await test.cloud.snapshot(origin.id, 'second')
      const tags = { operationTag: 'spinup-op-1', tags: [] }
      const clone = await test.cloud.create(
        { name: 'web-2', snapshotId, userData: '{"member":"web-2"}', ...tags },
        anyNumber,
      )
      await killHypervisor(test)
      await test.again()
      const active = await test.active(clone.id)
      assert.equal(await until(() => ask(active.url ?? '')), 'page of web')
      assert.equal(await agentConfigOf(test.dir, clone.id), '{"member":"web-2"}')
      await complete('second')
      const again = await test.cloud.create({ name: 'web-2', snapshotId, userData: '', ...tags }, anyNumber)
      assert.equal(again.id, clone.id, 'the tag is remembered')
    })
  })

  it('stopped, boots what was on with the next start, at the same address', async () => {
    const test = await startCloud()
    await within(test, async () => {
      const origin = await test.seed('web', WEB_APP)
      const { web = 0 } = await servicesOf(test.dir, origin.id)
      await test.hypervisor().stop()
      assert.equal(isAlive(web), false)
      await assert.rejects(test.cloud.list(), (error) => error instanceof SpinupError && error.retryable)
      await test.again()
      assert.equal((await test.active(origin.id)).url, origin.url)
      assert.equal(await until(() => ask(origin.url ?? '')), 'page of web')
    })
  })

  it('stops its droplets and itself when nobody has called for long', async () => {
    const test = await startCloud({ idleExitMs: 1500 })
    await within(test, async () => {
      const origin = await test.seed('web', WEB_APP)
      const { web = 0 } = await servicesOf(test.dir, origin.id)
      assert.ok(isAlive(web))
      await until(() => !isAlive(test.hypervisor().pid), { what: 'it to leave' })
      await until(() => !isAlive(web), { what: 'its droplet to end' })
      await assert.rejects(access(test.hypervisor().path), 'the socket is gone')
    })
  })

  it('refuses a folder too deep for a socket, and says what to do', () => {
    assert.throws(
      () => socketPath(`/tmp/${'deep/'.repeat(20)}`),
      (error) =>
        error instanceof SpinupError && error.code === 'configuration' && /SPINUP_DATA_DIR/.test(error.message),
    )
  })

  it('that does not run is told as such, within the deadline', async () => {
    const cloud = createLocalProvider({ path: '/tmp/spinup-no-such.sock' })
    await assert.rejects(
      cloud.get('any'),
      (error) => error instanceof SpinupError && error.code === 'providerFailed' && error.retryable,
    )
  })
})
