import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { createConsoleClient, type ConsoleClient } from '../../src/cli/console-client.ts'
import type { RailState } from '../../src/demo/rail/browser/state.ts'
import { until } from '../wait.ts'

const DEMO = join(import.meta.dirname, '../../src/cli/demo.ts')
const STORY_MS = 280_000

const stretch = z.strictObject({ rps: z.number(), p95Ms: z.number() })
/** What others read of `npm run demo -- --headless --json`: fields may be added here, none may go. */
const figuresSchema = z.strictObject({
  quiet: stretch,
  overload: stretch,
  recovered: stretch,
  waitedMs: z.number(),
  failedRequests: z.number(),
  decisionMs: z.number(),
  inServiceMs: z.number(),
  clonesPeak: z.number(),
  clonesEnd: z.number(),
  views: z.array(z.string()),
  charts: z.array(z.string()),
  api: z.strictObject({
    requests: z.number(),
    mostPerMinute: z.number(),
    limitPerMinute: z.number(),
    leastLeftOfHour: z.number(),
    limitPerHour: z.number(),
    refused: z.number(),
  }),
})

describe('the demo, with somebody at its page', () => {
  let dir = ''
  let demo: ChildProcess
  let url = ''
  let client: ConsoleClient
  let said = ''
  let told = ''
  const rails: RailState[] = []
  const leaving = new AbortController()
  const now = (): RailState | undefined => rails.at(-1)
  const steps = (rail: RailState | undefined): string => rail?.steps.map(({ state }) => state).join(' ') ?? ''
  const textOf = (name: string): string => now()?.steps.find((step) => step.name === name)?.text ?? ''

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-demo-'))
    const flags = ['--json', '--port', '0', '--balancer-port', '0', '--data-dir', join(dir, 'd')]
    demo = spawn(process.execPath, [DEMO, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    demo.stdout?.setEncoding('utf8').on('data', (text: string) => (told += text))
    demo.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
    url = await until(() => /The channel: (\S+)/.exec(said)?.[1], { what: 'the page', timeoutMs: 120_000 })
    client = createConsoleClient(url, 'Ada')
    follow().catch(() => undefined)
  })
  after(async () => {
    leaving.abort()
    if (demo.exitCode === null && demo.signalCode === null) {
      demo.kill('SIGINT')
      await once(demo, 'exit')
    }
    await rm(dir, { recursive: true, force: true })
  })

  /** Follows the rail as the page does, and keeps each of its states. */
  async function follow(): Promise<void> {
    const { body } = await fetch(`${url}/demo/events`, { signal: leaving.signal })
    let rest = ''
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) rails.push(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '') as RailState)
    }
  }

  it('begins when somebody looks, and goes through its five steps in their order', async () => {
    assert.match(await (await fetch(url)).text(), /id="demo-rail"/)
    await until(() => now()?.ended === true || demo.exitCode !== null, {
      what: 'the story to end',
      timeoutMs: STORY_MS,
    })
    const order: string[] = []
    for (const rail of rails) {
      const current = rail.steps.find(({ state }) => state === 'now')?.name
      if (current !== undefined && current !== order.at(-1)) order.push(current)
    }
    assert.deepEqual(order, ['Connect', 'Quiet', 'Front page', 'Clones', 'Calm'], said)
    assert.equal(steps(now()), 'done done done done done', said)
    for (const { text } of now()!.steps) assert.match(text, /^[A-Z0-9].*\.$/)
    assert.match(textOf('Front page'), /p95 went to \d+(\.\d)? (s|ms) before the first clone/)
  })

  it('shows an overload that anybody can see, a recovery, and each clone leaving', () => {
    const figures = figuresSchema.parse(JSON.parse(told.trim().split('\n').at(-1) ?? ''))
    const { quiet, waitedMs, recovered, clonesPeak, clonesEnd, failedRequests, views, charts } = figures
    assert.ok(waitedMs >= 5 * quiet.p95Ms, `p95 ${quiet.p95Ms} ms in the quiet, ${waitedMs} ms until the first clone`)
    assert.ok(recovered.p95Ms < waitedMs / 2, `p95 ${recovered.p95Ms} ms with the clones`)
    assert.deepEqual([failedRequests, clonesEnd], [0, 0], said)
    assert.ok(clonesPeak >= 1 && views.includes('episode') && views.includes('history'))
    assert.ok(charts.length > 0 && charts.every((file) => existsSync(file)))
    const gone = new Set(
      [...said.matchAll(/^(web-\d.*) ha(?:s|ve) left\.$/gm)].flatMap(([, names = '']) => names.match(/web-\d+/g) ?? []),
    )
    assert.ok(gone.size >= clonesPeak, `${[...gone].join(', ')} of ${clonesPeak} at the peak`)
    // What visitors feel was in sight all the time, and showed the overload.
    const felt = rails.map(({ p95Ms }) => p95Ms ?? 0)
    assert.ok(Math.max(...felt) >= 5 * quiet.p95Ms, `the page showed ${Math.max(...felt)} ms at most`)
  })

  it('decides nothing before the link is posted', async () => {
    const { messages } = await client.after(0)
    const kinds = messages.flatMap((message) => (message.kind === 'card' ? [message.card.view.kind] : []))
    assert.ok(kinds.indexOf('policy') >= 0 && kinds.indexOf('policy') < kinds.indexOf('episode'), kinds.join(' '))
    if (!/The pool grew before the link was posted/.test(said)) {
      const posted = rails.findIndex(({ steps: [, , page] }) => page?.state === 'now')
      assert.ok(rails.slice(0, posted).every(({ steps: all }) => all[3]?.state === 'next'))
    }
  })

  it('goes on afterwards: with visitors, what-if, and another crowd', async () => {
    const before = rails.length
    await until(() => rails.slice(before).filter(({ p95Ms }) => p95Ms !== null).length > 1, { what: 'visitors' })
    const { views, text } = await client.say('/spinup whatif target=50%')
    assert.match(text, /what if target 80 % → 50 %\?[^]*Overloaded|^· Replaying/, text)
    // On a busy machine the card comes a little later.
    const replayed = async (): Promise<boolean> =>
      views.some(({ kind }) => kind === 'whatif') ||
      (await client.after(0)).messages.some((one) => one.kind === 'card' && one.card.view.kind === 'whatif')
    await until(replayed, { what: 'the card of the replay', timeoutMs: 60_000 })
    const wish = await fetch(`${url}/demo/wish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"wish":"approve"}',
    })
    assert.equal(wish.status, 202)
    await until(() => steps(now()) === 'done done now next next', { what: 'another crowd' })
    assert.equal(now()?.ended, true)
    await until(() => now()?.asks, { what: 'approve mode in the rail' })
    assert.match(textOf('Front page'), /Spinup asks first/)
    const asked = await until(
      async () => {
        const { messages } = await client.after(0)
        return messages.some((message) => message.kind === 'card' && message.card.view.kind === 'proposal')
      },
      { what: 'the question', timeoutMs: 60_000 },
    )
    assert.ok(asked)
  })

  it('ends with Ctrl-C, and leaves nothing running', async () => {
    demo.kill('SIGINT')
    const [code] = (await once(demo, 'exit')) as [number | null]
    assert.equal(code, 0, said)
    assert.deepEqual(await running(dir), [])
  })
})

/** Command lines of processes that name the folder, where the system tells. */
async function running(folder: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    ids.map((id) =>
      readFile(`/proc/${id}/cmdline`, 'utf8').then(
        (line) => line.replaceAll('\0', ' '),
        () => '',
      ),
    ),
  )
  return lines.filter((line) => line.includes(folder))
}
