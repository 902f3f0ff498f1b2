import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createAdmin } from '../../src/balancers/caddy/admin.ts'
import { createRuntime } from '../../src/balancers/haproxy/runtime.ts'
import { onlyOutside, refuseInside, type Reach } from '../../src/balancers/outside.ts'
import { createPost, refusal } from '../../src/balancers/webhook/post.ts'
import { messageOf } from '../../src/core/model/error.ts'

const named =
  (...addresses: readonly string[]) =>
  async () =>
    addresses.map((address) => ({ address }))
const nowhere = async (): Promise<never> => {
  throw new Error('ENOTFOUND')
}

describe('an address that another team gives for its balancer', () => {
  it('is refused where it says itself that it is inside', async () => {
    const hosts = `127.0.0.1 2130706433 0x7f.1 0 [::1] [::ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] 10.1.2.3
      169.254.169.254 [fe80::1] [fd00::1] localhost localhost. redis router.lan db.internal
      nas.local x.home.arpa x.corp 127.0.0.1.nip.io a.10-0-0-1.sslip.io 7f000001.nip.io app.lvh.me LOCALTEST.ME 169.254.169.254.xip.io`
    for (const host of hosts.split(/\s+/)) {
      await assert.rejects(refuseInside(`http://${host}:8080/hook`, nowhere), { code: 'badInput' }, host)
      assert.throws(() => onlyOutside(`http://${host}:8080/hook`), { code: 'badInput' }, host)
    }
    for (const address of ['unix:/run/haproxy.sock', 'tcp://127.0.0.1:9999', 'tcp://[::1]:9999', 'nonsense'])
      await assert.rejects(refuseInside(address, nowhere), { code: 'badInput' }, address)
  })

  it('is refused where its name leads inside, if only one of its addresses does', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['8.8.8.8', '10.0.0.1'],
      ['2606:4700::1', '::1'],
      ['64:ff9b::a00:1'],
      ['odd'],
    ])
      await assert.rejects(refuseInside('https://hooks.example.com', named(...addresses)), { code: 'badInput' })
  })

  it('is taken where it leads to the internet, or cannot be found yet', async () => {
    await refuseInside('https://hooks.example.com', named('8.8.8.8', '2606:4700::1'))
    await refuseInside('https://hooks.example.com', nowhere)
    await refuseInside('tcp://203.0.113.9:9999', nowhere)
    await refuseInside('https://balancer-10.example.com', nowhere)
  })

  it('is looked at again when it is called: a name that leads inside by then is not called', async () => {
    const { lookup } = onlyOutside('https://hooks.example.com')
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => lookup?.('localhost', { all }, (failure) => resolve(failure)))
      assert.match(messageOf(error), /reached over the internet/)
    }
  })
})

describe('a call to another team’s balancer', () => {
  const server = createServer((_request, response) => response.writeHead(400).end('secret of the inside'))
  let port = 0
  const asked: string[] = []
  /** As a name server that changed its mind after the form was sent. */
  const lookup: LookupFunction = (name, options, done) => {
    asked.push(name)
    onlyOutside('https://hooks.example.com').lookup?.('localhost', options, done)
  }
  const reach: Reach = { lookup, quotes: false }
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  it('goes where its name was found, and nowhere else: by webhook, Caddy and HAProxy', async () => {
    const common = { secret: 'x'.repeat(16), format: 'json', timeoutMs: 2000, now: Date.now, reach } as const
    const post = createPost({ ...common, url: `http://hooks.example.com:${port}/` })
    await assert.rejects(post({ type: 'list' }), /reached over the internet/)
    await assert.rejects(createAdmin(`http://caddy.example.com:${port}`, 2000, reach).get('/'), /over the internet/)
    await assert.rejects(createRuntime(`tcp://haproxy.example.com:${port}`, 2000, reach).ask('x'), /over the internet/)
    assert.deepEqual(new Set(asked), new Set(['hooks.example.com', 'caddy.example.com', 'haproxy.example.com']))
  })

  it('that is answered no does not repeat the answer', () => {
    const answer = { status: 400, text: 'secret of the inside' }
    assert.doesNotMatch(refusal('h', answer, { retryable: false, quotes: false }).message, /secret/)
    assert.match(refusal('h', answer, { retryable: false, quotes: true }).message, /secret/)
    assert.doesNotMatch(createRuntime('tcp://h.example.com:1', 1, reach).refusal('x', 'secret').message, /secret/)
  })
})
