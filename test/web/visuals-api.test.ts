import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Attempted, Saved, VisualKept, VisualsListed } from '../../src/core/visual/answers.ts'
import { running } from '../running.ts'
import { startVisualsStage } from './visuals-stage.ts'

const PASSWORD = 'correct horse'
const PROOF = { authorization: `Bearer ${PASSWORD}` }
const CLI = join(import.meta.dirname, '../../src/cli/visual.ts')

const module = (words: string): string =>
  `export default { title: 'Words', needs: {}, draw: () => [['text', { y: 20 }, '${words}']], describe: () => '${words}' }`

describe('a team’s visualisations over HTTP', () => {
  const stage = running(() => startVisualsStage(PASSWORD))

  const ask = async <T>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = PROOF,
  ): Promise<{ readonly status: number; readonly body: T & { readonly code?: string; readonly message?: string } }> => {
    const response = await fetch(`${stage.web.url}/api/visuals${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
    })
    return { status: response.status, body: (await response.json()) as never }
  }

  it('are saved, listed, read, brought back, removed', async () => {
    for (const words of ['one', 'two'])
      assert.equal((await ask<Saved>('POST', '', { name: 'shout', source: module(words) })).body.changed, true)
    const listed = (await ask<VisualsListed>('GET', '')).body
    assert.deepEqual(listed.visuals[0]?.name, 'shout')
    assert.deepEqual(
      listed.pools.map(({ name, texts }) => [name, texts.toSorted()]),
      [['web', ['release', 'tags']]],
    )
    assert.deepEqual(listed.places, [{ id: 'console:console', label: 'the console' }])
    const kept = (await ask<VisualKept>('GET', '/shout')).body
    assert.equal(kept.source, module('two'))
    assert.deepEqual(
      kept.versions.map(({ number, by }) => [number, by]),
      [
        [2, 'owner'],
        [1, 'owner'],
      ],
    )
    assert.equal((await ask<VisualKept>('GET', '/shout?version=1')).body.source, module('one'))
    assert.equal((await ask<Saved>('POST', '/shout/undo', { version: 1 })).body.version, 3)
    assert.equal((await ask('POST', '/shout/show', { of: [] })).status, 200)
    assert.equal((await ask('DELETE', '/shout', {})).status, 200)
    assert.equal((await ask('DELETE', '/shout', {})).status, 404)
  })

  it('are not saved over what somebody saved meanwhile, unless whoever saves does not say what it was made from', async () => {
    const save = (words: string, over?: number): ReturnType<typeof ask<Saved>> =>
      ask<Saved>('POST', '', { name: 'twice', source: module(words), over })
    assert.equal((await save('first', 0)).body.version, 1)
    // Both begin with version 1, or with nothing.
    assert.equal((await save('hers', 1)).body.version, 2)
    for (const [over, words] of [
      [1, /owner made version 2 of twice meanwhile, and yours is of version 1\. Nothing was kept yet/],
      [0, /There is twice already: open it/],
      [7, /made version 2 of twice meanwhile/],
    ] as const) {
      const refused = await save('his', over)
      assert.equal(refused.status, 409)
      assert.match(refused.body.message ?? '', words)
    }
    assert.equal((await ask<VisualKept>('GET', '/twice')).body.source, module('hers'))
    // Undoing is a change, too; the same text is none; a push from git has the last word.
    assert.equal((await ask<Saved>('POST', '/TWICE/undo', {})).body.version, 3)
    assert.equal((await save('his', 2)).status, 409)
    assert.equal((await save('first', 1)).body.changed, false)
    assert.equal((await save('pushed')).body.version, 4)
    // What was removed makes room for what is new.
    await ask('DELETE', '/twice', {})
    assert.equal((await save('new', 0)).body.version, 5)
    await ask('DELETE', '/twice', {})
  })

  it('are for nobody who has not signed in, and from no other site', async () => {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/shout', undefined],
      ['POST', '', { name: 'mine', source: module('a') }],
      ['POST', '/attempt', { source: module('a') }],
      ['POST', '/shout/undo', {}],
      ['POST', '/shout/show', {}],
      ['DELETE', '/shout', {}],
    ] as const) {
      assert.equal((await ask(method, path, body, {})).status, 401, `${method} ${path}`)
      if (method === 'GET') continue
      const foreign = { ...PROOF, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      assert.equal((await ask(method, path, body, foreign)).status, 403, `${method} ${path}`)
    }
    const page = await fetch(`${stage.web.url}/visuals`, { redirect: 'manual' })
    assert.deepEqual([page.status, page.headers.get('location')], [303, '/login'])
    assert.match(page.headers.get('set-cookie') ?? '', /spinup_meant=%2Fvisuals/)
  })

  it('are refused in words, with the line of what is wrong', async () => {
    for (const [body, status, words] of [
      [{ name: 'shout', source: '\nnonsense(' }, 400, /shout was not kept: line 2: /],
      [{ name: 'shout' }, 400, /^source is missing\. For example: \{"name":"calm","source":/],
      [{ name: 'wordcloud', source: module('a') }, 409, /“wordcloud”/],
      [{ name: 'No Name', source: module('a') }, 400, /is not a name/],
      [{ name: 'status', source: module('a') }, 409, /means something else in chat/],
    ] as const) {
      const answer = await ask('POST', '', body)
      assert.equal(answer.status, status, JSON.stringify(answer.body))
      assert.match(answer.body.message ?? '', words)
    }
    assert.equal((await ask('POST', '', { name: 'shout', source: 'x'.repeat(500_000) })).status, 413)
    assert.match((await ask('GET', '/nobody')).body.message ?? '', /no visualisation called nobody/)
    assert.match((await ask('GET', '/gauges')).body.message ?? '', /gauges is shipped with Spinup/)
    await ask('POST', '', { name: 'shout', source: module('a') })
    for (const [order, words] of [
      [{ place: 'slack:T9/C9' }, /none of your team’s/],
      [{ every: 'someday 9:00' }, /“someday” is not a day of the week/],
      [{ last: 'soon' }, /“soon” is not a duration/],
      [{ last: '0d' }, /“0d” is not a duration/],
      [{ last: '36d' }, /too long: at most 35 days/],
      [{ last: '5y' }, /too long: at most 35 days|not a duration/],
      [{ every: 'mon' }, /For example: mon 9:00/],
      [{ every: 'mon 25:00' }, /For example: mon 9:00/],
      [{ pool: 'nobody' }, /no pool called/i],
      [{ of: ['cpu'] }, /is of the pool as a whole/],
    ] as const) {
      assert.match((await ask('POST', '/shout/show', order)).body.message ?? '', words)
    }
  })

  it('are a token’s with the scope visuals, of its pools and under its name; no other token’s, nor a revoked one’s', async () => {
    const { tokens } = stage.rig.services
    const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
    const make = async (
      name: string,
      can: readonly ('visuals' | 'read')[],
      tenant: string | null = null,
    ): Promise<string> => tokens.make({ name, tenant, can, pools: [], by, forMs: null }, stage.rig.now())
    const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` })
    const may = bearer(await make('ci', ['visuals']))
    assert.equal((await ask<Saved>('POST', '', { name: 'by-token', source: module('a') }, may)).body.version, 1)
    const kept = (await ask<VisualKept>('GET', '/by-token', undefined, may)).body
    assert.match(kept.versions[0].by, /ci/)
    assert.ok('drawn' in (await ask<Attempted>('POST', '/attempt', { source: module('a') }, may)).body)
    assert.equal((await ask('POST', '/by-token/show', { of: [] }, may)).status, 200)
    const readOnly = bearer(await make('reader', ['read']))
    const theirs = bearer(await make('theirs', ['visuals'], 'slack:T2'))
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['POST', '', { name: 'mine', source: module('a') }],
      ['POST', '/attempt', { source: module('a') }],
      ['DELETE', '/by-token', {}],
    ] as const) {
      assert.equal((await ask(method, path, body, readOnly)).status, 403, `${method} ${path}`)
    }
    assert.equal((await ask('GET', '/by-token', undefined, theirs)).status, 404)
    assert.equal((await ask('DELETE', '/by-token', {}, theirs)).status, 404)
    assert.deepEqual((await ask<VisualsListed>('GET', '', undefined, theirs)).body.pools, [])
    assert.equal((await ask('DELETE', '/by-token', {}, may)).status, 200)
    await tokens.revoke(null, 'ci')
    assert.equal((await ask('GET', '', undefined, may)).status, 401)
  })

  it('are drawn while they are written, and nothing is kept of that', async () => {
    const before = (await ask<VisualsListed>('GET', '')).body.visuals.length
    const drawn = (await ask<Attempted>('POST', '/attempt', { source: module('hello'), theme: 'light' })).body
    assert.ok('drawn' in drawn && drawn.drawn.alt === 'hello')
    const wrong = (await ask<Attempted>('POST', '/attempt', { source: '\n\nexport default {}' })).body
    assert.deepEqual(wrong, { problem: { message: 'it has no title', line: 3, column: 1 } })
    assert.equal((await ask<VisualsListed>('GET', '')).body.visuals.length, before)
  })

  describe('and as files', () => {
    let dir = ''
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'spinup-visuals-'))
    })
    after(() => rm(dir, { recursive: true, force: true }))
    const run = (
      words: readonly string[],
      env: Readonly<Record<string, string>> = { SPINUP_CONSOLE_PASSWORD: PASSWORD },
      at = stage.web.url,
    ): Promise<{ readonly status: number; readonly out: string; readonly error: string }> =>
      new Promise((resolve) => {
        const around = { PATH: process.env['PATH'] ?? '', ...env }
        const line = [CLI, ...words, '--url', at]
        execFile(process.execPath, line, { env: around, cwd: dir, timeout: 120_000 }, (error, out, complaint) =>
          resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, error: complaint }),
        )
      })

    it('are pushed, unchanged ones left alone and wrong ones refused by their line, and pulled as they were', async () => {
      await writeFile(join(dir, 'calm.js'), module('calm'))
      await writeFile(join(dir, 'storm.js'), module('storm'))
      await writeFile(join(dir, 'notes.txt'), 'not a module')
      assert.match((await run(['push', '.', '--name', 'Ada'])).out, /^calm: version 1\nstorm: version 1\n$/)
      await writeFile(join(dir, 'storm.js'), module('louder'))
      assert.match((await run(['push', '.'])).out, /^calm: unchanged, version 1\nstorm: version 2\n$/)
      await writeFile(join(dir, 'calm.js'), 'export default {\n  title: \n}')
      const refused = await run(['push', '.'])
      assert.equal(refused.status, 1)
      assert.match(refused.error, /calm\.js: calm was not kept: line 3: .*\n.*1 visualisation of 2 refused/)
      assert.equal((await run(['pull', 'copy'])).status, 0)
      assert.ok((await readdir(join(dir, 'copy'))).includes('storm.js'))
      assert.equal(await readFile(join(dir, 'copy', 'calm.js'), 'utf8'), module('calm'))
      assert.match((await run(['list'])).out, /^calm +version 1 {2}Words$/m)
    })

    it('are all pushed but one that cannot be read, which is named', async () => {
      await mkdir(join(dir, 'odd', 'folder.js'), { recursive: true })
      await writeFile(join(dir, 'odd', 'gale.js'), module('gale'))
      const { status, out, error } = await run(['push', 'odd'])
      assert.notEqual(status, 0)
      assert.match(out, /^gale: version 1\n$/)
      assert.match(error, /odd\/folder\.js: it cannot be read: EISDIR[\s\S]*1 visualisation of 2 refused/)
    })

    it('are written into that folder alone, whatever they are called there', async () => {
      const about = { title: 'x', summary: '' }
      const other = createServer((request, response) => {
        const one = { name: '../outside', source: 'x', versions: [{ number: 1 }] }
        const all = { visuals: [{ name: '../outside', about, version: 1 }] }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(request.url === '/api/visuals' ? all : one))
      }).listen(0, '127.0.0.1')
      await once(other, 'listening')
      const address = other.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      const { status, error } = await run(
        ['pull', 'in'],
        { SPINUP_TOKEN: `spt_${'x'.repeat(43)}` },
        `http://127.0.0.1:${port}`,
      )
      other.close()
      assert.notEqual(status, 0)
      assert.match(error, /“\.\.\/outside” is not a name/)
      assert.ok(!(await readdir(dir)).includes('outside.js'))
    })

    it('say what is missing: a token, a folder', async () => {
      for (const [words, env, said] of [
        [['list'], {}, /Set SPINUP_TOKEN/],
        [['push', 'nowhere'], { SPINUP_CONSOLE_PASSWORD: PASSWORD }, /nowhere cannot be read/],
        [['push'], { SPINUP_CONSOLE_PASSWORD: PASSWORD }, /it takes push DIR, pull DIR or list/],
        [['frobnicate'], { SPINUP_CONSOLE_PASSWORD: PASSWORD }, /it takes push DIR/],
      ] as const) {
        const { status, error } = await run(words, env)
        assert.notEqual(status, 0)
        assert.match(error, said)
      }
    })
  })
})
