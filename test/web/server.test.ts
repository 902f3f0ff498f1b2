import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createConsoleChat } from '../../src/chat/console/chat.ts'
import type { ConsolePage } from '../../src/core/model/message.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createConsolePeople } from '../../src/store/console-people.ts'
import { serve } from './serve.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ask, post } from './http.ts'

describe('the web server', () => {
  let redis: TestRedis
  let example: ExampleConsole
  let url: string
  before(async () => {
    redis = await startTestRedis()
    example = await startExampleConsole(await redis.connect(), {
      ingest: (app) => app.post('/v1/samples', async () => ({ accepted: 1, nextSeq: 1 })),
      audit: {
        async *lines() {
          yield '{}'
        },
      },
    })
    url = example.web.url
  })
  after(async () => {
    await example.close()
    await redis.stop()
  })

  it('answers a line with its views and their plain text, and shows both in the channel', async () => {
    const answer = await post(`${url}/api/console/messages`, { text: '/spinup error', name: 'Ada' })
    assert.equal(answer.status, 200)
    const { views, text } = JSON.parse(answer.body) as { views: { kind: string }[]; text: string }
    assert.deepEqual(
      views.map(({ kind }) => kind),
      ['error'],
    )
    assert.match(text, /^✗ There is no command “pni”\./)
    const page = await channel(url, 0)
    assert.deepEqual(page.messages.map((m) => (m.kind === 'line' ? m.text : m.card.view.kind)).slice(-2), [
      '/spinup error',
      'error',
    ])
    assert.deepEqual((await channel(url, page.cursor)).messages, [], 'nothing is new after the cursor')
  })

  it('knows who types by the body, the header, or as "you"', async () => {
    await post(`${url}/api/console/messages`, { text: '/spinup a', name: '  Grace \u202E Hopper ' })
    await post(`${url}/api/console/messages`, { text: '/spinup b' }, { 'x-spinup-name': 'Zo%C3%AB' })
    await post(`${url}/api/console/actions`, { action: 'approve:p1' })
    assert.deepEqual(example.heard.slice(-3), [
      'console:grace-hopper /spinup a',
      'console:zoë /spinup b',
      'console:you approve:p1',
    ])
  })

  it('tells a failing command as an error card, not as a failure of the server', async () => {
    const answer = await post(`${url}/api/console/messages`, { text: '/spinup boom' })
    assert.equal(answer.status, 200)
    assert.match(answer.body, /"kind":"error"/)
    assert.doesNotMatch(answer.body, /\.ts:\d/, 'no stack')
  })

  it('completes half-typed lines', async () => {
    const { body } = await ask(`${url}/api/console/complete?text=${encodeURIComponent('/spinup sta')}`)
    const { completions } = JSON.parse(body) as { completions: { text: string }[] }
    assert.deepEqual(
      completions.map(({ text }) => text),
      ['/spinup status', '/spinup stats'],
    )
  })

  it('answers bad input with 400 and words that help', async () => {
    const bad: readonly Promise<{ status: number; body: string }>[] = [
      post(`${url}/api/console/messages`, { words: 'hi' }),
      post(`${url}/api/console/messages`, { text: '   ' }),
      post(`${url}/api/console/actions`, { action: '' }),
      ask(`${url}/api/console/messages?after=soon`),
      ask(`${url}/api/console/complete`),
      ask(`${url}/charts/x.png?theme=pink`),
      ask(`${url}/api/console/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"text":',
      }),
    ]
    for (const answer of await Promise.all(bad)) {
      assert.equal(answer.status, 400, answer.body)
      const { code, message } = JSON.parse(answer.body) as { code: string; message: string }
      assert.equal(code, 'badInput')
      assert.ok(message.length > 15, message)
    }
  })

  it('names what is wrong in a request, and what it takes', async () => {
    const said = async (answer: Promise<{ body: string }>): Promise<string> =>
      (JSON.parse((await answer).body) as { readonly message: string }).message
    assert.match(await said(post(`${url}/api/console/messages`, {})), /\(text is missing\)\. Send a JSON body like/)
    assert.match(await said(post(`${url}/api/console/messages`, { text: [] })), /\(text has to be a text\)/)
    assert.match(await said(post(`${url}/api/console/actions`, { action: '' })), /\(action is empty\)/)
    assert.equal(await (await fetch(`${url}/api/audit.ndjson?pool=web`)).text(), '{}\n')
    const odd = await ask(`${url}/api/audit.ndjson?pol=web`)
    assert.deepEqual([odd.status, JSON.parse(odd.body).code], [400, 'badInput'], 'not all pools for a slip')
  })

  it('draws charts in the wanted theme and tells when there is none any more', async () => {
    const dark = await fetch(`${url}/charts/shop.stats.png?theme=dark`)
    assert.equal(dark.headers.get('content-type'), 'image/png')
    const again = await fetch(`${url}/charts/shop.stats.png?theme=dark`, {
      headers: { 'if-none-match': dark.headers.get('etag') ?? '' },
    })
    assert.equal(again.status, 304)
    const light = await fetch(`${url}/charts/shop.stats.png?theme=light`)
    assert.notDeepEqual(await light.bytes(), await dark.bytes())
    assert.equal((await ask(`${url}/charts/gone.png`)).status, 404)
  })

  it('serves the page and everything it names', async () => {
    const page = await ask(`${url}/`)
    assert.equal(page.status, 200)
    const files = [...page.body.matchAll(/<(?:link|script)[^>]* (?:src|href)="([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    )
    const [, shared = ''] = /data-shared="([^"]+)"/.exec(page.body) ?? []
    assert.equal(files.length, 4, 'its icon, and its style and two scripts for the next visit')
    for (const file of [...files, shared]) {
      const answer = await ask(url + file)
      assert.equal(answer.status, 200, file)
      if (file.endsWith('.js')) assert.match(String(answer.headers['content-type']), /^text\/javascript/, file)
      if (file === '/assets/icon.svg') continue
      assert.match(String(answer.headers['cache-control']), /immutable/, file)
      for (const [, font = ''] of answer.body.matchAll(/url\("?\.?\/?([^")]+\.woff2)/g))
        assert.equal((await ask(`${url}/assets/${font}`)).status, 200, font)
    }
  })

  it('compresses what it serves for those who take that, and says so', async () => {
    const { body } = await ask(`${url}/`)
    const script = /href="([^"]*console-[^"]+\.js)"/.exec(body)?.[1] ?? ''
    const plain = await ask(url + script)
    const sizes: number[] = []
    for (const [accept, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=1.0', 'gzip'],
      ['identity', undefined],
    ] as const) {
      const answer = await ask(url + script, { headers: { 'accept-encoding': accept } })
      assert.equal(answer.headers['content-encoding'], encoding, accept)
      assert.equal(answer.headers.vary, 'accept-encoding')
      sizes.push(Number(answer.headers['content-length']))
    }
    assert.equal(sizes[3], Buffer.byteLength(plain.body))
    assert.ok((sizes[0] ?? 0) < (sizes[3] ?? 0) / 2.5)
    const fetched = await fetch(url + script)
    assert.equal(await fetched.text(), plain.body, 'what is unpacked is the same')
  })

  it('serves nothing that is not on its list', async () => {
    const outside = [
      '/assets/server.ts',
      '/assets/web/server.ts',
      '/assets/console/main.ts',
      '/assets/web/console/../server.ts',
      '/assets/web/console/%2e%2e/server.ts',
      '/assets/web/console/..%2fserver.ts',
      '/assets/../../package.json',
      '/vendor/lit-html/package.json',
      '/vendor/lit-html/..%2f..%2f..%2fpackage.json',
      '/charts/..%2f..%2fetc%2fpasswd.png',
    ]
    for (const path of outside) {
      const { status } = await ask(url + path)
      assert.ok(status === 404 || status === 400, `${path} → ${status}`)
    }
  })

  it("says it is well, and takes the agents' reports whatever host name they use", async () => {
    assert.equal((await ask(`${url}/health`)).status, 200)
    const report = await post(`${url}/v1/samples`, {}, { host: 'bot.internal:8080' })
    assert.equal(report.status, 200)
  })

  it('names the variable when its port is taken', async () => {
    const port = Number(new URL(url).port)
    const other = createConsoleChat({ log: createConsoleLog(await redis.connect()) })
    const start = serve({
      host: '127.0.0.1',
      port,
      console: other,
      live: async () => [],
      charts: { png: async () => null },
      people: createConsolePeople(await redis.connect()),
      secret: 'a secret of the test',
      log: quiet,
    })
    await assert.rejects(start, { code: 'configuration', message: new RegExp(`Port ${port} .* taken.*SPINUP_PORT`) })
  })
})

async function channel(url: string, after: number): Promise<ConsolePage> {
  return JSON.parse((await ask(`${url}/api/console/messages?after=${after}`)).body) as ConsolePage
}
