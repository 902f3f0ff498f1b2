import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { connectRedis, isReady, whenReady } from '../../src/store/connection.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

describe('a redis connection', () => {
  let redis: TestRedis
  let folder = ''
  before(async () => {
    redis = await startTestRedis()
    folder = mkdtempSync(join(tmpdir(), 'spinup-connection-'))
  })
  after(async () => {
    await redis.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is named in CLIENT LIST so that people can tell whose it is', async () => {
    const client = await redis.connect({ name: 'series writer' })
    assert.match(String(await client.client('GETNAME')), /^spinup-series-writer-\d+$/)
  })

  it('rejects a command within seconds, and whenReady says what to do, where there is no server', async () => {
    const client = connectRedis({ path: join(folder, 'nobody.sock') }, { name: 'test', log: quiet })
    assert.equal(isReady(client), false)
    await assert.rejects(whenReady(client, 1_000), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'storeFailed')
      assert.equal(error.retryable, true)
      assert.match(error.message, /ENOENT.*REDIS_URL/)
      return true
    })
    await assert.rejects(client.get('a'))
    client.disconnect()
  })

  it('rejects a command that a hung server does not answer', async () => {
    const path = join(folder, 'hung.sock')
    const sockets: Socket[] = []
    const server = createServer((socket) => void sockets.push(socket)).listen(path)
    await once(server, 'listening')
    const client = connectRedis({ path }, { name: 'test', log: quiet })
    await assert.rejects(client.get('a'), /timed out/)
    client.disconnect()
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('takes an answer that came while this process was busy, however long that was', async () => {
    const client = await redis.connect()
    await client.set('busy', 'yes')
    const [answer, several] = [client.get('busy'), client.pipeline().get('busy').incr('times').exec()]
    // The question leaves, and then nothing else is done here until its time is over.
    await new Promise((resolve) => setImmediate(resolve))
    const begun = performance.now()
    while (performance.now() - begun < 2_500);
    assert.equal(await answer, 'yes')
    assert.deepEqual(await several, [
      [null, 'yes'],
      [null, 1],
    ])
  })

  it('lets a blocking command outlast the deadline of others', async () => {
    const client = await redis.connect({ blocking: true })
    assert.equal(await client.blpop('never', 3), null)
  })

  it('comes back by itself after its connection was cut', async () => {
    const client = await redis.connect({ name: 'victim' })
    const other = await redis.connect({ name: 'other' })
    await other.client('KILL', 'ID', await client.client('ID'))
    await until(() => isReady(client), { what: 'the reconnection' })
    assert.equal(await client.ping(), 'PONG')
  })
})
