import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Network } from '../../../src/providers/local/protocol.ts'
import { until } from '../../wait.ts'
import { agentConfigOf, ask, startCloud, WEB_APP, type TestCloud } from './cloud.ts'
import { anyNumber } from '../../permit.ts'

const skip = process.platform === 'linux' ? false : 'only Linux has more than one loopback address'

describe('a local droplet with an address of its own', { skip }, () => {
  let test: TestCloud
  before(async () => {
    test = await startCloud({ agentCommand: [process.execPath, join(import.meta.dirname, 'agent-stub.ts')] })
  })
  after(() => test?.stop())

  it('listens there, knows its metadata service, and passes its agent’s configuration on in snapshots', async () => {
    // Free below the range of outgoing connections, and the same on every droplet.
    const port = 19_000 + Math.floor(Math.random() * 900)
    const at = (host: string): Network => ({ host, port, metadataUrl: `http://127.0.0.1:1/${host}` })
    const plain = await test.seed('web', WEB_APP)
    const origin = await test.cloud.seed({
      name: 'shop',
      from: join(test.dir, 'droplets', plain.id, 'disk'),
      size: { vcpus: 1, memoryBytes: 2 ** 28 },
      dollarsPerHour: 0,
      network: at('127.78.0.2'),
    })
    await test.active(origin.id)
    await test.cloud.installAgent(origin.id, '{"droplet":"1"}')
    const snapshot = await until(async () => {
      const taken = await test.cloud.snapshot(origin.id, 'one')
      return taken.complete && taken
    })
    const clone = await test.cloud.create(
      {
        name: 'shop-2',
        snapshotId: snapshot.id,
        operationTag: 'op-2',
        tags: [],
        userData: '',
        network: at('127.78.0.3'),
      },
      anyNumber,
    )
    for (const [id, host] of [
      [origin.id, '127.78.0.2'],
      [clone.id, '127.78.0.3'],
    ] as const) {
      const { url } = await test.active(id)
      assert.equal(url, `http://${host}:${port}`)
      const environment = JSON.parse(await until(() => ask(`${url}/env`), { what: `${host} to answer` })) as {
        SPINUP_AGENT_URL: string
      }
      const told = JSON.parse(await until(() => ask(environment.SPINUP_AGENT_URL))) as Record<string, string>
      assert.deepEqual([told['config'], told['metadata']], ['{"droplet":"1"}', `http://127.0.0.1:1/${host}`])
    }
    assert.equal(await agentConfigOf(test.dir, clone.id), '{"droplet":"1"}')
  })
})
