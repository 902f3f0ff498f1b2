import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { costing } from '../../src/demo/app/costing.ts'
import { until } from '../wait.ts'

const APP = join(import.meta.dirname, '../../src/demo/app')

/** How long thirty visits, one after the other, take. */
async function cost(url: string, path: string): Promise<number> {
  const startedAt = performance.now()
  for (let count = 0; count < 30; count += 1) await (await fetch(url + path)).text()
  return performance.now() - startedAt
}

describe('a page of the demo', () => {
  it('costs the CPU time that it is to cost, however much of it is its own work', () => {
    for (const work of [(): number => 1, (): number => spin(1)]) {
      costing(1, work)
      const before = process.cpuUsage()
      for (let count = 0; count < 40; count++) costing(3, work)
      const { user, system } = process.cpuUsage(before)
      const each = (user + system) / 40_000
      assert.ok(each >= 3 && each < 4, `${each} ms each`)
    }
  })
})

/** Works for `ms` of the clock. */
function spin(ms: number): number {
  const end = performance.now() + ms
  let count = 0
  while (performance.now() < end) count++
  return count
}

describe("the demo's site", () => {
  let dir = ''
  let child: ChildProcess
  let url = ''
  const reports: Record<string, unknown>[] = []
  const agent = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text) => {
      if (request.url === '/stats') reports.push(JSON.parse(String(text)) as Record<string, unknown>)
    })
    request.on('end', () => response.writeHead(202).end())
  })
  before(async () => {
    agent.listen(0, '127.0.0.1')
    await once(agent, 'listening')
    // Run as on a droplet: a copy of the folder, with no packages near, by the line of its droplet.json.
    dir = await mkdtemp(join(tmpdir(), 'spinup-app-'))
    await cp(APP, dir, { recursive: true })
    const file = JSON.parse(await readFile(join(dir, 'droplet.json'), 'utf8')) as { services: { command: string[] }[] }
    const [program = '', ...args] = file.services[0]?.command ?? []
    assert.equal(program, 'node')
    child = spawn(process.execPath, args, {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        HOSTNAME: 'web-7',
        SPINUP_AGENT_URL: `http://127.0.0.1:${(agent.address() as AddressInfo).port}`,
      },
    })
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => (said += String(text)))
    url = await until(() => /http:\S+/.exec(said)?.[0], { what: 'the site to listen' })
  })
  after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    agent.close()
    agent.closeAllConnections()
    await rm(dir, { recursive: true, force: true })
  })

  it('has a front page that links to its posts, and posts with comments', async () => {
    const front = await fetch(url)
    const html = await front.text()
    assert.equal(front.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(front.headers.get('x-served-by'), 'web-7')
    const links = [...html.matchAll(/href="(\/posts\/[\w-]+)"/g)].map((match) => match[1] ?? '')
    assert.equal(links.length, 3)
    for (const link of links) {
      const post = await (await fetch(url + link)).text()
      assert.match(post, /<h1>/)
      assert.match(post, /points by/)
      assert.match(post, /<pre>[\s\S]*<b>(const|if|return)<\/b>/)
      assert.doesNotMatch(post, /\*\*|```/)
    }
    assert.equal((await fetch(`${url}/posts/unwritten`)).status, 404)
    assert.equal((await fetch(url, { method: 'POST' })).status, 405)
  })

  it('spends far more of its processor on a page than on its health check', async () => {
    await cost(url, '/health')
    const [health, page] = [await cost(url, '/health'), await cost(url, '/posts/one-droplet')]
    assert.ok(page - health > 30, `at least a millisecond a page; ${health} and ${page} ms for 30`)
  })

  it('answers its health check before the pages that wait', async () => {
    let answered = 0
    const pages = Array.from({ length: 300 }, async () => {
      await (await fetch(`${url}/posts/front-page`)).text()
      answered += 1
    })
    await until(() => answered > 0, { what: 'the first page' })
    assert.equal((await fetch(`${url}/health`)).status, 200)
    assert.ok(answered < 290, `most pages still wait, ${answered} of 300 do not`)
    await Promise.all(pages)
    assert.equal(answered, 300)
  })

  it('tells its agent how it fares', async () => {
    const asking = fetch(url)
    const report = await until(() => reports.find((each) => typeof each['page_ms'] === 'number'), { what: 'a report' })
    assert.equal(typeof report['queue_depth'], 'number')
    assert.ok(Number(report['page_ms']) > 0.5)
    await asking
  })

  it('finishes what it has when it is asked to end', async () => {
    // Twenty kept connections, so that the pages are all asked for at once.
    await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${url}/health`)).text()))
    let answered = 0
    const pages = Array.from({ length: 20 }, async () => {
      const response = await fetch(`${url}/posts/boring-caches`)
      assert.match(await response.text(), /<\/html>$/)
      answered += 1
    })
    await until(() => answered > 0, { what: 'the first page' })
    const before = answered
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    await Promise.allSettled(pages)
    assert.equal(code, 0)
    assert.ok(answered > before, `${answered} of 20 pages were answered, ${before} before the signal`)
  })
})
