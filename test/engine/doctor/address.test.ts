import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { CheckLine } from '../../../src/core/model/view.ts'
import { runCheck } from '../../../src/engine/doctor/check.ts'
import { addressCheck, reachCheck, type Reachers } from '../../../src/engine/doctor/checks/address.ts'
import { proofOf } from '../../../src/secret.ts'

const KEY = 'the key of this installation'
const PUBLIC = ['203.0.113.9']

describe('the check of the public address', () => {
  let url = ''
  let answer: RequestListener
  const server = createHttpServer((request, response) => answer(request, response))
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const bot =
    (key = KEY): RequestListener =>
    (request, response) => {
      const nonce = new URL(request.url ?? '', url).searchParams.get('nonce') ?? ''
      response.end(JSON.stringify({ ok: true, proof: proofOf(key, nonce) }))
    }
  const reachers = (changes: Partial<Reachers> = {}): Reachers => ({
    here: false,
    members: [{ name: 'web-1', address: '203.0.113.77' }],
    reporting: async () => 0,
    own: () => ['203.0.113.5'],
    ...changes,
  })
  const look = (
    to: Reachers | null,
    options: { readonly at?: string; readonly resolve?: (host: string) => Promise<readonly string[] | null> } = {},
  ): Promise<readonly CheckLine[]> => {
    const { at = url, resolve = async () => PUBLIC } = options
    return runCheck(addressCheck({ url: at, prove: (nonce) => proofOf(KEY, nonce), resolve }, to))
  }
  const only = async (...words: Parameters<typeof look>): Promise<CheckLine> => {
    const [line, ...more] = await look(...words)
    assert.deepEqual(more, [])
    return line ?? assert.fail()
  }

  it('is content on loopback while nothing but this machine’s browser has to reach it', async () => {
    answer = bot()
    assert.match((await only(null)).detail, /answers in/)
    assert.equal((await only(null)).state, 'ok')
    assert.equal((await only(reachers({ here: true }))).state, 'ok')
  })

  it('fails on loopback beside an account, also when the origin on this machine reports', async () => {
    answer = bot()
    for (const reporting of [0, 1]) {
      const line = await only(reachers({ reporting: async () => reporting }))
      assert.equal(line.state, 'failed')
      assert.match(line.detail, /this machine’s own address, which no droplet reaches/)
    }
  })

  it('tells this bot from another one, from a page, from a proxy that does not reach it, and from one that asks who comes', async () => {
    const cases: readonly (readonly [answer: RequestListener, words: RegExp])[] = [
      [bot('the key of another installation'), /answered by another Spinup/],
      [(_, response) => response.end('<h1>Welcome to nginx</h1>'), /answered by something else \(200\)/],
      [(_, response) => response.writeHead(404).end(), /something else \(404\)/],
      [(_, response) => response.writeHead(502).end(), /a proxy \(502\) that does not reach the bot/],
      [(_, response) => response.writeHead(401).end(), /asks for a sign-in \(401\)/],
      [
        (request, response) => response.writeHead(301, { location: `https://bot.example${request.url}` }).end(),
        /sends on to https:\/\/bot\.example, where agents do not follow/,
      ],
    ]
    for (const [listener, words] of cases) {
      answer = listener
      const line = await only(null)
      assert.equal(line.state, 'failed')
      assert.match(line.detail, words)
      assert.ok((line.fix ?? '').length > 20)
    }
  })

  it('knows a name that leads nowhere from one that leads into a house', async () => {
    answer = bot()
    const at = 'https://spinup.example.com'
    const none = await only(reachers(), { at, resolve: async () => [] })
    assert.deepEqual([none.state, none.detail], ['failed', 'the name spinup.example.com leads nowhere'])
    const home = await only(reachers(), { at, resolve: async () => ['192.168.1.5'] })
    assert.match(home.detail, /private network that no droplet is known to be in/)
  })

  it('takes the droplets’ own word where it cannot look itself', async () => {
    answer = bot()
    const closed = createHttpServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const at = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
    closed.close()
    const reporting = await only(reachers({ here: true, reporting: async () => 2 }), { at })
    assert.deepEqual(
      [reporting.state, reporting.detail],
      ['ok', `${at} does not answer from here, and 2 droplets report to it`],
    )
    assert.equal((await only(reachers({ here: true }), { at })).state, 'warn')
    const refused = await only(null, { at })
    assert.equal(refused.state, 'warn')
    assert.match(refused.detail, /unreachable from this machine: nothing listens there/)
    assert.match(refused.fix ?? '', /firewall.*Some routers/)
  })

  it('fails where agents would refuse the certificate, or find no HTTPS at all', async (test) => {
    answer = bot()
    assert.match((await only(null, { at: url.replace('http:', 'https:') })).detail, /does not speak HTTPS/)
    const dir = await mkdtemp(join(tmpdir(), 'spinup-tls-'))
    const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    try {
      const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=bot.example']
      execFileSync('openssl', [...words, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
    } catch {
      test.skip('there is no openssl to make a certificate with')
      return
    }
    const secure = createHttpsServer({ key: await readFile(keyFile), cert: await readFile(certFile) }, bot())
    await rm(dir, { recursive: true })
    secure.listen(0, '127.0.0.1')
    await once(secure, 'listening')
    const line = await only(null, { at: `https://127.0.0.1:${(secure.address() as AddressInfo).port}` })
    secure.closeAllConnections()
    secure.close()
    assert.equal(line.state, 'failed')
    assert.match(line.detail, /the certificate of .* is not good/)
    assert.match(line.fix ?? '', /agents refuse this one, too/)
  })

  it('fails where the bot runs on a droplet of its own pool, which would be copied with it', async () => {
    answer = bot()
    const lines = await look(reachers({ own: () => ['10.0.0.9', '203.0.113.77'] }))
    assert.equal(lines.length, 2)
    assert.match(lines[1]?.detail ?? '', /on web-1, which is shut down.*copy of the bot/)
  })

  it('without a bot says what the address says of itself', async () => {
    const state = async (at: string, here = false): Promise<string | undefined> =>
      (await runCheck(reachCheck(at, { addresses: null, here })))[0]?.state
    assert.equal(await state('http://127.0.0.1:8080'), 'failed')
    assert.equal(await state('http://127.0.0.1:8080', true), 'ok')
    assert.equal(await state('http://203.0.113.5'), 'warn')
    assert.equal(await state('https://203.0.113.5'), 'ok')
  })
})
