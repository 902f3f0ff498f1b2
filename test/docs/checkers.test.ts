import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ROOT } from '../../package/docs/pages.ts'
import { NEEDED_SCOPES, WELCOME_SCOPES } from '../../src/providers/digitalocean/scopes.ts'
import { chatLines } from './chat-lines.ts'
import { data } from './data.ts'
import { links } from './links.ts'
import { named } from './named.ts'
import { quoted, scores } from './quoted.ts'
import { misused, startedBy } from './programs.ts'
import { read } from './read.ts'
import { shell } from './shell.ts'
import { callsOf } from './shell-words.ts'
import { spelling } from './spelling.ts'
import type { Verdict } from './verdict.ts'

const page = (...lines: readonly string[]): ReturnType<typeof read> => read('docs/page.md', lines.join('\n'))
const block = (language: string, ...lines: readonly string[]): ReturnType<typeof read> =>
  page(`\`\`\`${language}`, ...lines, '```')
const failed = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.flatMap(({ outcome, at, what }) => (outcome === 'failed' ? [`${at} ${what}`] : []))
const misusedWords = async (line: string): Promise<string | null> => {
  const started = startedBy(callsOf(line)[0]?.words ?? [])
  return started === null || typeof started === 'string' ? started : misused(started)
}

describe('what the pages say', () => {
  it('is refused where a chat would not understand it, in texts and in blocks', () => {
    const faults = failed([
      ...chatLines(page('Type `/spinup pin 3 for 2h`, or `/spinup pni 3`, or `/spinup policy targte=50%`.')),
      ...chatLines(block('chat', '/spinup history 50      the last 50', '/spinup scale lots       the same')),
    ])
    assert.equal(faults.length, 3, faults.join('\n'))
    assert.match(faults.join('\n'), /pni 3[\s\S]*targte=50%[\s\S]*scale lots/)
  })

  it('may name what is the reader’s own, and stand for many lines', () => {
    const own = page('`/spinup visuals NAME`, `/spinup refresh keep N`, `/spinup show … every mon 9:00`')
    assert.deepEqual(failed(chatLines(own)), [])
    assert.equal(chatLines(own).length, 2)
  })

  it('is refused where a program has no such option, word or script', async () => {
    assert.match(String(await misusedWords('npm run audit -- verify --deeply')), /no option --deeply/)
    assert.match(String(await misusedWords('spinup audit prove')), /no prove/)
    assert.match(String(await misusedWords('npm run audits -- verify')), /no script audits/)
    assert.match(String(await misusedWords('npm run audit verify --json')), /only after --/)
    assert.match(String(await misusedWords('node agent/mian.ts --config x')), /no file agent\/mian.ts/)
    assert.equal(await misusedWords('SPINUP=1 && npm run audit -- verify'.slice(12)), null)
    assert.equal(await misusedWords('npm run simulate -- --trace hackernews --chart hn.png'), null)
  })

  it('is excused by a mark from being run, and not from being right', async () => {
    const stage = { run: async () => null, python: async () => ({ why: null }), stop: async () => undefined }
    const marked = (...lines: readonly string[]): Promise<readonly Verdict[]> =>
      shell(page('<!-- not run: it has no end -->', '', '```sh', ...lines, '```'), stage)
    assert.deepEqual(
      failed(await marked('npm start', 'sudo systemctl restart spinup', 'sudo spinup doctor --json')),
      [],
    )
    assert.equal(failed(await marked('npm run strat', 'npm start -- --wrong', 'sudo spinup docter')).length, 3)
    assert.match(failed(await shell(block('sh', 'systemctl restart spinup'), stage)).join(), /mark it with why/)
    const by = (file: string): Promise<readonly Verdict[]> =>
      shell(page(`<!-- run by: ${file} -->`, '', '```sh', 'curl x', '```'), stage)
    assert.match(failed(await by('test/none.test.ts')).join(), /does not run docs\/page.md/)
    assert.deepEqual(failed(await by('test/docs/checkers.test.ts')), [], 'this file speaks of docs/page.md')
  })

  it('is refused where data is not what it says, and where nothing says what it is', () => {
    assert.equal(failed(data(block('json', '{"pool": "web",}'))).length, 1)
    assert.equal(failed(data(block('yaml', 'a: [1', 'b: 2'))).length, 1)
    assert.equal(failed(data(block('js', 'export default {'))).length, 1)
    assert.equal(failed(data(block('', 'npm start'))).length, 1)
    assert.match(failed(data(block('text', 'first', '  npm run demo'))).join(), /is a command/)
    assert.match(failed(data(block('nginx', 'listen 80;'))).join(), /say in a mark/)
    assert.deepEqual(failed(data(block('json', '{"pool": "web"}'))), [])
  })

  it('is refused where a file, a heading or an address is not there', () => {
    const target = read('docs/slack.md', '# One\n\n## What is `where`\n\n## What is `where`\n')
    const from = page(
      '[a](slack.md#what-is-where) [b](slack.md#what-is-where-1) [c](slack.md#what-was) [d](slak.md)',
      '[e](../src/main.ts) [f](../src/mian.ts) [g](#page) [h](https://exa mple) ![i](none.png) [j](http://[)',
    )
    assert.deepEqual(
      links(from, [from, target]).flatMap(({ outcome, what }) => (outcome === 'failed' ? [what.split(':')[0]] : [])),
      ['slack.md#what-was', 'slak.md', '../src/mian.ts', '#page', 'none.png', 'http'],
    )
  })

  it('is refused where a variable, a request or a file is not known', () => {
    const faults = failed([
      ...named(
        page(
          '`SPINUP_PORT`, `SPINUP_PROT=1`, `GET /api/pools/NAME`, `GET /api/polls`, `src/core`, `src/croe`, `chat:write`, `tag:write`',
        ),
      ),
      ...named(block('env', 'HAPROXY_BACKEND=app', 'HAPROXY_BACKENDS=app')),
    ])
    assert.deepEqual(
      faults.map((fault) => fault.split(' ').slice(1).join(' ').split(': ')[0]),
      ['SPINUP_PROT', 'GET /api/polls', 'src/croe', 'tag:write', 'HAPROXY_BACKENDS'],
    )
  })

  it('is refused where it quotes a sentence that nothing says any more', () => {
    const row = (sentence: string): readonly string[] => failed(quoted(`| _${sentence}_ | do this |`))
    assert.deepEqual(row('web-2 is silent'), [])
    assert.deepEqual(row('This console does not answer to that host name'), [])
    assert.equal(row('web-2 is noisy').length, 1)
    assert.equal(row('The balancer is out of reach').length, 1)
    assert.equal(row('Two hosts talk as web-1').length, 1)
  })

  it('is refused where it gives another figure than the table that it is about', () => {
    const table =
      '### Whole days\n\n| Spinup (defaults) | 2.4 | **1.60** |\n| Knative (rps) | 1.90 |\n| Kubernetes HPA (60 %) | 2.36 |\n| DigitalOcean pools (30 %) | 3.74 |\n'
    const text = 'it is 1.6 times what one pays; Knative 1.9, HPA 2.4, pools 3.7.'
    assert.deepEqual(failed(scores(table, text)), [])
    assert.equal(failed(scores(table.replace('1.60', '1.71'), text)).length, 1)
    assert.equal(failed(scores(table, text.replace('2.4', '2.2'))).length, 1)
    assert.equal(failed(scores('', text)).length, 4)
  })

  it('is refused where it is misspelt, but for names, code and words of the field', () => {
    const faults = failed(
      spelling(page('The balancer recieves `recieves` of HAProxy’s, a 95th of the vizualisations’.')),
    )
    assert.deepEqual(
      faults.map((fault) => fault.split(' ')[1]),
      ['recieves:', 'vizualisations:'],
    )
  })

  it('names every scope that the check of a token looks for, and no other', async () => {
    const text = await readFile(join(ROOT, 'docs/digitalocean.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `([a-z_]+:[a-z_]+)`[^|]*\| (.*?) *\|$/gm)].map(([, scope, why]) => ({
      scope,
      why,
    }))
    assert.deepEqual(rows, [...NEEDED_SCOPES, ...WELCOME_SCOPES])
  })

  it('is taken apart as a shell would, with its comments and continued lines', () => {
    const calls = callsOf(
      'npm ci && npm run demo   # all of it\ncurl -d \'{"a b": 1}\' \\\n  http://x # y\necho a | nc b\n',
    )
    assert.deepEqual(
      calls.map(({ words }) => words),
      [
        ['npm', 'ci'],
        ['npm', 'run', 'demo'],
        ['curl', '-d', '{"a b": 1}', 'http://x'],
        ['echo', 'a', '|', 'nc', 'b'],
      ],
    )
    assert.equal(calls[1]?.text, 'npm run demo')
  })

  it('has marks only where they stand right before what they are about', () => {
    const { fences } = page('<!-- not run: it has no end -->', '', '```sh', 'npm start', '```', '', '```sh', 'a', '```')
    assert.deepEqual(
      fences.map(({ mark }) => mark),
      [{ kind: 'not run', says: 'it has no end' }, null],
    )
  })
})
