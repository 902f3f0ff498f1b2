import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { at, FRESH, type FromPage, type RailState } from '../../../src/demo/rail/browser/state.ts'
import { createRail } from '../../../src/demo/rail/serve.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { startExampleConsole, type ExampleConsole } from '../../web/example-console.ts'

describe('the rail beside the console', () => {
  let redis: TestRedis
  let plain: ExampleConsole
  let demo: ExampleConsole
  const heard: FromPage[] = []
  const rail = createRail((message) => heard.push(message))
  before(async () => {
    redis = await startTestRedis()
    plain = await startExampleConsole(await redis.connect())
    demo = await startExampleConsole(await redis.connect(), { extension: rail, password: 'only for this test' })
  })
  after(async () => {
    await plain.close()
    await demo.close()
    await redis.stop()
  })
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(demo.web.url + path, { ...init, headers: { authorization: 'Bearer only for this test', ...init.headers } })
  const wish = (body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    ask('/demo/wish', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

  it('is in the page of the demo, before the console, with files of its own', async () => {
    const page = await (await ask('/')).text()
    assert.match(page, /<section id="demo-rail"[^>]*><\/section><div id="app"/)
    const [script] = /\/demo\/[\w.]+\.js/.exec(page) ?? []
    const [style] = /\/demo\/[\w.]+\.css/.exec(page) ?? []
    const code = await ask(script ?? '')
    assert.match(code.headers.get('content-type') ?? '', /^text\/javascript/)
    assert.doesNotMatch(await code.text(), /import type|: RailState/, 'it is JavaScript')
    assert.match(await (await ask(style ?? '')).text(), /#demo-rail \{/)
  })

  it('is nowhere in a console without it', async () => {
    const page = await (await fetch(plain.web.url)).text()
    assert.doesNotMatch(page, /demo/i)
    for (const path of ['/demo/rail.js', '/demo/rail.css', '/demo/events']) {
      assert.equal((await fetch(plain.web.url + path)).status, 404, path)
    }
  })

  it('tells each page what to show, at once and whenever it changes', async () => {
    const ended = new AbortController()
    const seen: RailState[] = []
    const { body } = await ask('/demo/events', { signal: ended.signal })
    const reading = (async () => {
      let rest = ''
      for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
        const events = (rest + chunk).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) seen.push(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '') as RailState)
      }
    })().catch(() => null)
    await until(() => seen.length > 0, { what: 'the present state' })
    assert.deepEqual(seen[0], FRESH)
    assert.deepEqual(heard.splice(0), [{ opened: true }], 'the demo hears that somebody looks')
    const next = at(FRESH, 'Quiet', 'Few readers.')
    rail.show(next)
    await until(() => seen.length > 1, { what: 'the change' })
    assert.deepEqual(seen[1], next)
    ended.abort()
    await reading
  })

  it('takes the wishes there are, from its own pages alone', async () => {
    heard.length = 0
    for (const one of ['crowd', 'approve', 'auto'])
      assert.equal((await wish(JSON.stringify({ wish: one }))).status, 202)
    assert.deepEqual(heard.splice(0), [{ wish: 'crowd' }, { wish: 'approve' }, { wish: 'auto' }])
    for (const body of ['{"wish":"delete"}', '{}', '[]']) assert.equal((await wish(body)).status, 400, body)
    assert.equal((await wish('{"wish":"crowd"}', { origin: 'http://evil.example' })).status, 403)
    const headers = { 'content-type': 'application/json' }
    const stranger = await fetch(`${demo.web.url}/demo/wish`, { method: 'POST', headers, body: '{"wish":"crowd"}' })
    assert.equal(stranger.status, 401, 'the console’s password protects it, too')
    assert.deepEqual(heard, [])
  })
})
