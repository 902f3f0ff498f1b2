import { connect } from 'node:net'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { parseTrustedProxies } from '../../src/core/model/address.ts'
import { createConsolePeople, type ConsolePeople } from '../../src/store/console-people.ts'
import { createAttempts, createSessions, type Sessions, type SignIn } from '../../src/web/session.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ask, post, type Answer } from './http.ts'

describe('a console without a password', () => {
  let redis: TestRedis
  let example: ExampleConsole
  let url: string
  let host: string
  before(async () => {
    redis = await startTestRedis()
    example = await startExampleConsole(await redis.connect(), {})
    url = example.web.url
    host = new URL(url).host
  })
  after(async () => {
    await example.close()
    await redis.stop()
  })

  it('refuses to listen where other machines reach it', async () => {
    const start = startExampleConsole(await redis.connect(), { host: '0.0.0.0' })
    await assert.rejects(start, { code: 'configuration', message: /SPINUP_CONSOLE_PASSWORD/ })
  })

  it('refuses to be open to all at a public address, whatever it is bound to', async () => {
    for (const publicUrl of [
      'https://spinup.example.com',
      'http://10.0.0.5',
      'http://[2001:db8::1]:8080',
      'http://bot',
    ]) {
      const start = startExampleConsole(await redis.connect(), { publicUrl })
      await assert.rejects(start, { code: 'configuration', message: /SPINUP_PUBLIC_URL.*SPINUP_CONSOLE_PASSWORD/ })
    }
    for (const publicUrl of ['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:8080']) {
      await (await startExampleConsole(await redis.connect(), { publicUrl })).close()
    }
  })

  it('shows nothing to what comes through a proxy, and does nothing for it', async () => {
    const heard = example.heard.length
    const passed: readonly Readonly<Record<string, string>>[] = [
      { 'x-forwarded-for': '203.0.113.7' },
      { 'X-Forwarded-Proto': 'https' },
      { 'x-forwarded-host': 'spinup.example.com' },
      { 'x-real-ip': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7;proto=https' },
      { via: '1.1 varnish' },
      { 'cf-connecting-ip': '203.0.113.7' },
      { 'true-client-ip': '203.0.113.7' },
      { 'fly-client-ip': '203.0.113.7' },
      { 'cdn-loop': 'cloudflare' },
      { 'x-forwarded': 'for=203.0.113.7' },
      { 'forwarded-for': '203.0.113.7' },
      { 'client-ip': '203.0.113.7' },
      { 'x-azure-clientip': '203.0.113.7' },
      { 'x-nf-client-connection-ip': '203.0.113.7' },
      { 'x-appengine-user-ip': '203.0.113.7' },
      { 'x-remote-addr': '203.0.113.7' },
      { x_forwarded_for: '203.0.113.7' },
      { 'x-original-url': '/api/console/messages' },
      { 'x-amzn-trace-id': 'Root=1' },
      { 'tailscale-user-login': 'eve@example.com' },
      { 'cf-ray': '1' },
      { 'x-bluecoat-via': '1' },
    ]
    for (const headers of passed) {
      for (const path of ['/', '/api/console/messages', '/api/console/events', '/charts/a.png']) {
        assert.equal((await ask(url + path, { headers })).status, 403, `${JSON.stringify(headers)} ${path}`)
      }
      const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
      const answer = await ask(`${url}/api/console/messages`, { ...post, body: '{"text":"/spinup status"}' })
      assert.equal(answer.status, 403)
    }
    assert.match(await spoken(url, 'GET /api/console/messages HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n'), /^HTTP\/1.1 403 /)
    assert.equal(example.heard.length, heard)
    assert.equal((await ask(`${url}/health`, { headers: { via: '1.1 varnish' } })).status, 200)
  })

  it('answers to loopback names only, so that DNS rebinding finds nobody', async () => {
    const port = new URL(url).port
    for (const good of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      assert.equal((await ask(`${url}/`, { headers: { host: `${good}:${port}` } })).status, 200, good)
    }
    for (const bad of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      'spinup.example.com',
      'a b',
      'localhost.',
      'eve@localhost',
      'localhost/evil.example',
      'localhost#evil.example',
      'localhost?evil.example',
      'localhost\\evil.example',
      'localhost:99999',
    ]) {
      for (const path of [
        '/',
        '/api/console/messages',
        '/api/console/events',
        '/assets/icon.svg',
        '/assets/connect.js',
      ]) {
        const answer = await ask(url + path, { headers: { host: bad } })
        assert.ok(answer.status === 403 || answer.status === 400, `${bad} ${path} → ${answer.status}`)
      }
    }
  })

  it('refuses a whole URL of another host than the one in the head, and takes one of the same', async () => {
    const { host } = new URL(url)
    for (const [asked, status] of [
      ['http://evil.example', 400],
      [`http://evil.example@localhost`, 400],
      [`https://${host.replace(/\d+$/, '1')}`, 400],
      [`http://${host}`, 200],
    ] as const) {
      const head = `GET ${asked}/api/console/messages HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      assert.match(await spoken(url, head), new RegExp(`^HTTP/1.1 ${status} `), asked)
    }
  })

  it('takes what browsers and scripts on this machine send', async () => {
    const usual = {
      'user-agent': 'x',
      'x-spinup-name': 'Ada',
      'x-requested-with': 'x',
      'x-request-id': '1',
      'accept-language': 'en',
      'sec-ch-ua': 'x',
      'cache-control': 'no-cache',
      dnt: '1',
    }
    assert.equal((await ask(`${url}/api/console/messages`, { headers: usual })).status, 200)
  })

  it('refuses presses that another site makes through the browser', async () => {
    const presses: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['another origin', { origin: 'https://evil.example' }],
      ['another port is another program', { origin: 'http://127.0.0.1:1' }],
      ['a sandboxed page', { origin: 'null' }],
      ['a cross-site fetch without origin', { 'sec-fetch-site': 'cross-site' }],
      ['a same-site page of another origin', { 'sec-fetch-site': 'same-site' }],
    ]
    const heard = example.heard.length
    for (const [who, headers] of presses) {
      const answer = await post(`${url}/api/console/actions`, { action: 'approve:p1' }, headers)
      assert.equal(answer.status, 403, who)
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await post(`${url}/api/console/actions`, { action: 'approve:p1' }, { 'content-type': type })
      assert.equal(answer.status, 400, type)
    }
    assert.equal(example.heard.length, heard, 'none was heard')
    const own = await post(`${url}/api/console/actions`, { action: 'approve:p1' }, { origin: `http://${host}` })
    assert.equal(own.status, 200)
  })

  it('lets no page run or frame what is not its own', async () => {
    const { headers } = await ask(`${url}/`)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['access-control-allow-origin'], undefined)
  })

  it('refuses an oversized body', async () => {
    const answer = await post(`${url}/api/console/messages`, { text: 'x'.repeat(20_000) })
    assert.equal(answer.status, 413)
  })
})

describe('a console with a password', () => {
  const password = 'correct horse'
  let redis: TestRedis
  let example: ExampleConsole
  let url: string
  before(async () => {
    redis = await startTestRedis()
    const publicUrl = 'https://spinup.example.com'
    example = await startExampleConsole(await redis.connect(), { password, publicUrl })
    url = example.web.url
  })
  after(async () => {
    await example.close()
    await redis.stop()
  })

  it('shows nothing without signing in', async () => {
    const page = await ask(`${url}/`)
    assert.equal(page.status, 303)
    assert.equal(page.headers.location, '/login')
    for (const path of [
      '/api/console/messages',
      '/api/console/events',
      '/charts/a.png',
      '/api/console/complete?text=x',
    ]) {
      assert.equal((await ask(url + path)).status, 401, path)
    }
    assert.equal((await post(`${url}/api/console/messages`, { text: '/spinup status' })).status, 401)
    assert.equal((await ask(`${url}/login`)).status, 200)
  })

  it('lets the right password in by a cookie no script and no other site gets', async () => {
    const answer = await login(url, password)
    assert.equal(answer.status, 303)
    const cookie = cookieOf(answer)
    assert.match(cookie, /; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
    const value = cookie.split(';')[0] ?? ''
    assert.equal((await ask(`${url}/`, { headers: { cookie: `theme=dark; ${value}` } })).status, 200)
    const forged = value.replace(/=\d+/, '=9999999999999')
    assert.notEqual(forged, value)
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { cookie: forged } })).status, 401)
  })

  it('marks the cookie Secure where it is used by HTTPS, and answers to the public name', async () => {
    const answer = await login(url, password, { host: 'spinup.example.com', origin: 'https://spinup.example.com' })
    assert.match(cookieOf(answer), /; Secure$/)
  })

  it('takes the password as a bearer token from scripts', async () => {
    const authorization = `Bearer ${password}`
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { authorization } })).status, 200)
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { authorization: 'Bearer wrong' } })).status, 401)
  })

  it('refuses a sign-in from another site', async () => {
    assert.equal((await login(url, password, { origin: 'https://evil.example' })).status, 403)
  })

  it('slows guessing down after a few wrong passwords, and says for how long', async () => {
    const answers: Answer[] = []
    for (let index = 0; index < 8; index++) answers.push(await login(url, `guess ${index}`))
    assert.ok(answers.some(({ status }) => status === 401))
    assert.equal(answers.at(-1)?.status, 429)
    assert.ok(Number(answers.at(-1)?.headers['retry-after']) > 0)
    const bearer = await ask(`${url}/api/console/messages`, { headers: { authorization: 'Bearer guess' } })
    assert.equal(bearer.status, 429)
  })

  it('lets the right password in all the same: others who come from there made those mistakes', async () => {
    for (let index = 0; index < 60; index++) await login(url, `guess ${index}`)
    assert.equal((await login(url, password)).status, 303)
    const authorization = `Bearer ${password}`
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { authorization } })).status, 200)
    // A sign-in that is under way elsewhere goes on.
    const cookie = cookieOf(await login(url, password)).split(';')[0] ?? ''
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { cookie } })).status, 200)
  })

  it('refuses a request that names two hosts', async () => {
    const hosts = 'Host: 127.0.0.1\r\nHost: evil.example\r\n'
    for (const line of ['GET /login HTTP/1.1', 'GET /health HTTP/1.1', 'POST /v1/enroll HTTP/1.1']) {
      assert.match(await spoken(url, `${line}\r\n${hosts}\r\n`), /^HTTP\/1.1 400 /, line)
    }
  })
})

describe('sessions', () => {
  let redis: TestRedis
  let people: ConsolePeople
  const OWNER = { person: null }
  const sessionsOf = (password: string, secret = 'secret'): Promise<Sessions> =>
    createSessions(password, { secret, people })
  before(async () => {
    redis = await startTestRedis()
    people = createConsolePeople(await redis.connect())
  })
  after(() => redis.stop())

  it('end after a week, with a new password, and at another installation', async () => {
    const sessions = await sessionsOf('one')
    const token = sessions.issue(OWNER, 1000)
    assert.deepEqual(await sessions.valid(token, 1000), OWNER)
    assert.equal(await sessions.valid(token, 1000 + 7 * 24 * 3600_000), null)
    assert.equal(await (await sessionsOf('two')).valid(token, 1000), null)
    assert.equal(await (await sessionsOf('one', 'other')).valid(token, 1000), null)
    assert.deepEqual(await (await sessionsOf('one')).valid(token, 1000), OWNER, 'a restart keeps people signed in')
    for (const bad of ['', 'a.b.c', `${token}x`, token.slice(0, -1), '..', '....'])
      assert.equal(await sessions.valid(bad, 1000), null)
  })

  it('end where a person signs out: at every bot, and that one alone', async () => {
    const sessions = await sessionsOf('one')
    const [here, there] = [sessions.issue(OWNER, 1000), sessions.issue(OWNER, 1000)]
    await (await sessionsOf('one')).end(here, 1000)
    assert.equal(await sessions.valid(here, 1000), null)
    assert.deepEqual(await sessions.valid(there, 1000), OWNER)
    await sessions.end('forged.a.b.c.d', 1000)
  })

  it('end with the person: removed, or invited anew', async () => {
    const sessions = await sessionsOf('one')
    const first = await people.join(await people.invite('Dana'))
    assert.ok(first !== null)
    const token = sessions.issue({ person: first }, 1000)
    assert.equal((await sessions.valid(token, 1000))?.person?.name, 'Dana')
    const second = await people.join(await people.invite('Dana'))
    assert.ok(second !== null)
    assert.equal(await sessions.valid(token, 1000), null)
    assert.equal(await sessions.admits(first.password), null)
    const again = sessions.issue({ person: second }, 1000)
    assert.equal(await people.remove('Dana'), true)
    assert.equal(await sessions.valid(again, 1000), null)
    assert.equal(await sessions.admits(second.password), null)
    assert.equal(await people.remove('Dana'), false)
  })
})

describe('a console behind proxies that are trusted', () => {
  const password = 'correct horse'
  let redis: TestRedis
  let example: ExampleConsole
  let url: string
  before(async () => {
    redis = await startTestRedis()
    const trustedProxies = parseTrustedProxies('127.0.0.1, 10.0.0.0/8')
    example = await startExampleConsole(await redis.connect(), { password, trustedProxies })
    url = example.web.url
  })
  after(async () => {
    await example.close()
    await redis.stop()
  })
  const guess = async (from: string): Promise<number> => (await login(url, 'guess', { 'x-forwarded-for': from })).status

  it('counts wrong passwords by where they came from', async () => {
    for (let index = 0; index < 6; index++) await guess('203.0.113.7')
    assert.equal(await guess('203.0.113.7'), 429)
    assert.equal(await guess('203.0.113.8'), 401)
  })

  it('believes what trusted proxies saw, not what a visitor put before it', async () => {
    for (let index = 0; index < 6; index++) await guess(`198.51.100.${index}, 203.0.113.9`)
    assert.equal(await guess('198.51.100.99, 203.0.113.9'), 429)
    for (let index = 0; index < 6; index++) await guess(`203.0.113.20, 10.1.1.${index}`)
    assert.equal(await guess('203.0.113.20, 10.2.2.2'), 429, 'through several proxies in a row')
  })

  it('counts what is no address like any other name', async () => {
    for (const from of ['', 'unknown', ',', '1.2.3.4:80, x']) assert.ok([401, 429].includes(await guess(from)), from)
  })
})

describe('a console behind a proxy that is not trusted', () => {
  it('says so once in the log, with what to set', async () => {
    const redis = await startTestRedis()
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    const example = await startExampleConsole(await redis.connect(), { password: 'correct horse', log })
    for (let index = 0; index < 3; index++)
      await ask(`${example.web.url}/login`, { headers: { 'x-forwarded-for': `203.0.113.${index}` } })
    assert.equal(lines.filter((line) => line.includes('set SPINUP_TRUST_PROXY=127.0.0.1')).length, 1)
    await example.close()
    await redis.stop()
  })
})

describe('wrong passwords', () => {
  const WRONG = { is: 'wrong' }
  const RIGHT = { is: 'right', who: { person: null } }
  const wrong = async (): Promise<null> => null
  const right = async (): Promise<SignIn> => ({ person: null })

  it('are counted per address', async () => {
    const attempts = createAttempts('short')
    for (let index = 0; index < 5; index++) assert.deepEqual(await attempts.try('192.0.2.1', wrong, 0), WRONG)
    assert.deepEqual(await attempts.try('192.0.2.1', wrong, 0), { is: 'wait', waitMs: 12_000 })
    assert.deepEqual(await attempts.try('192.0.2.2', wrong, 0), WRONG)
    assert.deepEqual(await attempts.try('192.0.2.1', right, 0), RIGHT)
    assert.deepEqual(await attempts.try('192.0.2.1', wrong, 12_000), WRONG)
  })

  it('are one subscriber’s, whichever address of an IPv6 network they come from', async () => {
    const attempts = createAttempts('short')
    for (let index = 0; index < 5; index++) await attempts.try(`2001:db8:0:1::${index}`, wrong, 0)
    assert.deepEqual(await attempts.try('2001:db8:0:1:ffff::9', wrong, 0), { is: 'wait', waitMs: 12_000 })
    assert.deepEqual(await attempts.try('2001:db8:0:2::1', wrong, 0), WRONG)
    assert.deepEqual(await attempts.try('::ffff:192.0.2.9', wrong, 0), WRONG)
  })

  it('of a flood are not even looked at where they might find a short one, and whoever made none is heard meanwhile', async () => {
    const attempts = createAttempts('short')
    let looked = 0
    const guess = async (): Promise<null> => {
      looked += 1
      return null
    }
    for (let index = 0; index < 9000; index++) await attempts.try('192.0.2.1', guess, 0)
    assert.ok(looked < 5100, `${looked} guesses were looked at`)
    assert.deepEqual(await attempts.try('192.0.2.2', right, 0), RIGHT)
    const long = createAttempts('as long as it should be')
    for (let index = 0; index < 9000; index++) await long.try('192.0.2.1', wrong, 0)
    assert.deepEqual(await long.try('192.0.2.1', right, 0), RIGHT, 'a long one cannot be found that way')
  })

  it('from ever new addresses fill no memory and take no time', async () => {
    const attempts = createAttempts('short')
    const begun = performance.now()
    for (let index = 0; index < 50_000; index++)
      await attempts.try(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, wrong, 0)
    assert.ok(performance.now() - begun < 20_000, `${performance.now() - begun} ms`)
  })

  it('are counted by a clock that nobody sets', async () => {
    const attempts = createAttempts('short')
    const wall = Date.now
    try {
      for (let index = 0; index < 5; index++) await attempts.try('192.0.2.1', wrong)
      Date.now = () => wall() - 3_600_000
      const attempt = await attempts.try('192.0.2.1', wrong)
      assert.ok(attempt.is === 'wait' && attempt.waitMs > 0 && attempt.waitMs <= 60_000)
    } finally {
      Date.now = wall
    }
  })
})

function login(url: string, password: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ password }).toString(),
  })
}

function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.[0] ?? ''
}

/** What a server answers to these bytes. */
async function spoken(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}
