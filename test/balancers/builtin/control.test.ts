import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createBuiltinBalancer } from '../../../src/balancers/builtin/builtin.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { until } from '../../wait.ts'
import { KEY, startServing, type ServingRig } from './rig.ts'

function form(type: string): RequestInit {
  return { method: 'POST', body: new URLSearchParams({ type, url: 'http://10.0.0.4:9003' }) }
}

describe("the built-in balancer's control plane", () => {
  let rig: ServingRig
  before(async () => {
    rig = await startServing()
  })
  after(() => rig.close())

  const call = async (path: string, init: RequestInit = {}, key = KEY) => {
    const response = await fetch(rig.control + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...init.headers },
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const urls = async () => (await rig.balancer.list()).map(({ url }) => url)

  it('takes the form of the first Spinup', async () => {
    assert.equal((await call('/service', form('add-server'))).status, 200)
    assert.deepEqual(await urls(), ['http://10.0.0.4:9003'])
    assert.equal((await call('/service', form('rmv-server'))).status, 200)
    assert.deepEqual(await urls(), [])
  })

  it('takes JSON, and the key in a header of its own', async () => {
    const response = await fetch(`${rig.control}/service`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-spinup-key': KEY },
      body: JSON.stringify({ type: 'add-server', url: 'http://10.0.0.5' }),
    })
    assert.equal(response.status, 200)
    assert.deepEqual(await urls(), ['http://10.0.0.5'])
    await rig.balancer.remove('http://10.0.0.5:80')
    assert.deepEqual(await urls(), [])
  })

  it('does nothing without the right key', async () => {
    const body = new URLSearchParams({ type: 'add-server', url: 'http://10.0.0.4:9003' })
    for (const key of ['wrong', '', `${KEY}x`]) {
      const answer = await call('/service', { method: 'POST', body }, key)
      assert.equal(answer.status, 401)
      assert.match(String(answer.body['error']), /key is missing or wrong/)
      assert.equal((await call('/health', {}, key)).status, 401)
      assert.equal((await call('/stop', { method: 'POST' }, key)).status, 401)
    }
    assert.deepEqual(await urls(), [])
  })

  it('says what is wrong with what it is sent', async () => {
    const wrong: readonly (readonly [string, string, number, RegExp])[] = [
      ['/service', 'type=add-server', 400, /give type=/],
      ['/service', 'type=burn-server&url=http://10.0.0.4', 400, /give type=/],
      ['/service', 'type=add-server&url=https://10.0.0.4', 400, /http:\/\//],
      ['/service', 'type=add-server&url=http://169.254.169.254', 400, /not the address of a member/],
      ['/service', `type=add-server&url=${rig.url}`, 400, /this balancer itself/],
      ['/service', '', 400, /give type=/],
      ['/weights', 'loads=1', 400, /give \{"loads"/],
      ['/service', `type=${'x'.repeat(100_000)}`, 413, /at most/],
      ['/nowhere', '', 404, /no POST \/nowhere/],
    ]
    for (const [path, body, status, why] of wrong) {
      const answer = await call(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      assert.equal(answer.status, status, body.slice(0, 80))
      assert.match(String(answer.body['error']), why)
    }
    const broken = { method: 'POST', body: '{"type":', headers: { 'content-type': 'application/json' } }
    assert.equal((await call('/service', broken)).status, 400)
    assert.deepEqual(await urls(), [])
  })

  it('its refusals reach the caller as they are, and are not tried again', async () => {
    await assert.rejects(rig.balancer.add('https://10.0.0.4'), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.deepEqual([error.code, error.retryable], ['balancerFailed', false])
      assert.match(error.message, /https:\/\/ is not forwarded to/)
      return true
    })
    const stranger = createBuiltinBalancer({ control: rig.control, key: 'wrong' })
    await assert.rejects(stranger.list(), /key is missing or wrong/)
  })

  it('a drain of a stranger is fine: nothing goes there', async () => {
    await rig.balancer.drain('http://10.0.0.9')
    assert.deepEqual(await urls(), [])
  })

  it('checks a member where it was told to', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(request.url === '/up?deep=1' ? 204 : 404).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createBuiltinBalancer({ control: rig.control, key: KEY, healthPath: '/up?deep=1' })
    try {
      await client.add(url)
      await until(async () => (await client.list()).find((one) => one.url === url)?.state === 'healthy')
      assert.deepEqual([...new Set(asked)], ['/up?deep=1'])
    } finally {
      await client.remove(url)
      server.closeAllConnections()
      server.close()
    }
  })
})
