import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Entry } from '../../src/ingest/writer.ts'
import { startTestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { startBot, type Bot } from './bot.ts'
import { startHost, type Host } from './host.ts'
import { running } from '../running.ts'

async function post(host: Host, body: string, path = '/stats'): Promise<{ status: number; body: string }> {
  const url = `http://${await host.address('report API')}${path}`
  const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(20_000) })
  return { status: answer.status, body: await answer.text() }
}

/** The newest value of a stat that has arrived. */
const latest = (bot: Bot, name: string): number | undefined =>
  bot.entries.findLast(({ sample }) => Object.hasOwn(sample.stats, name))?.sample.stats[name]

describe('agent process', { concurrency: 3 }, () => {
  const redis = running(startTestRedis)

  /** A bot and an agent that reports to it as `memberId`; both end with the test. */
  async function pair(
    t: TestContext,
    memberId: string,
    options: Parameters<typeof startHost>[1] = {},
  ): Promise<{ bot: Bot; host: Host; key: string }> {
    const bot = await startBot(redis)
    t.after(() => bot.stop())
    const key = await bot.identities.issue('p', memberId)
    const host = await startHost({ url: bot.url, pool: 'p', member: memberId, key }, options)
    t.after(() => host.stop())
    return { bot, host, key }
  }

  it('enrols, keeps its identity to itself, and reports at once', async (t) => {
    const bot = await startBot(redis)
    t.after(() => bot.stop())
    const enrol = await bot.identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 60_000 })
    const host = await startHost({ url: bot.url, enrol, host: 'droplet-1' })
    t.after(() => host.stop())
    await until(() => bot.entries.length > 0, { what: 'the first sample' })
    const [first] = bot.entries
    assert.equal(first?.sample.memberId, 'web-1')
    assert.equal(first?.sample.stats['memory'], 0.4)
    assert.ok((first?.sample.stats['cpu'] ?? 1) < 0.2)
    const config = await host.config()
    assert.deepEqual({ ...config, key: '' }, { url: bot.url, pool: 'p', member: 'web-1', key: '' })
    assert.equal((await stat(host.configFile)).mode & 0o777, 0o600)
    assert.deepEqual(await bot.identities.verify(String(config['key'])), { poolId: 'p', memberId: 'web-1' })
    const log = JSON.stringify(host.log())
    assert.ok(!log.includes(String(config['key'])) && !log.includes(enrol), 'no key in the log')
  })

  it('keeps asking until the bot is there to enrol with', async (t) => {
    const bot = await startBot(redis)
    t.after(() => bot.stop())
    const enrol = await bot.identities.createEnrolment({ poolId: 'p', memberId: 'late', ttlMs: 60_000 })
    await bot.goAway()
    const host = await startHost({ url: bot.url, enrol, host: 'droplet-2' })
    t.after(() => host.stop())
    await until(() => host.log().some(({ msg }) => String(msg).startsWith('not enrolled yet')), { what: 'a try' })
    await bot.comeBack()
    await until(() => bot.entries.length > 0, { what: 'the first sample' })
  })

  it('sends a load jump soon, though it was at rest', async (t) => {
    const { bot, host } = await pair(t, 'jump')
    await until(() => bot.entries.length > 0, { what: 'the first sample' })
    assert.ok(Number((await host.health())['periodMs']) > 5_000, 'at rest')
    host.load = 0.95
    const loud = await until(() => bot.entries.find(({ sample }) => (sample.stats['cpu'] ?? 0) > 0.8), {
      what: 'a sample of the jump',
    })
    assert.ok(loud.periodMs <= 1_100, `period ${loud.periodMs}`)
  })

  it('carries what programs report over HTTP and StatsD', async (t) => {
    const { bot, host } = await pair(t, 'stats')
    assert.deepEqual(await post(host, '{"queue": 12, "orders": 3.5}'), { status: 202, body: '{"accepted":2}\n' })
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    const [address, port] = (await host.address('StatsD')).split(':')
    const lines = 'jobs:7|g\njobs:+2|g\nhits:50|c\nnonsense\ndb:10|ms\ndb:20|ms'
    await new Promise<void>((sent, failed) => {
      socket.send(lines, Number(port), address, (error) => (error === null ? sent() : failed(error)))
    })
    await until(() => latest(bot, 'queue') === 12 && latest(bot, 'orders') === 3.5, { what: 'the reported stats' })
    await until(() => latest(bot, 'jobs') === 9, { what: 'the gauge' })
    await until(() => (latest(bot, 'hits') ?? 0) > 0, { what: 'the counter' })
    assert.deepEqual([latest(bot, 'db.mean'), latest(bot, 'db.p95'), latest(bot, 'db.count')], [15, 20, 2])
    assert.deepEqual((await host.health())['statsd'], { lines: 6, bad: 1, refused: 0, ignored: 0 })
  })

  it('carries texts, in samples that wait too, and counts none of them twice', async (t) => {
    const { bot, host } = await pair(t, 'texts')
    await until(() => bot.entries.length > 0, { what: 'the first sample' })
    await post(host, '{"tags": ["redis", "日本"], "release": "v2.3", "queue": 1}')
    const counted = (name: string): number =>
      bot.texts.flatMap((texts) => Object.values(texts[name] ?? {})).reduce((sum, count) => sum + count, 0)
    await until(() => counted('tags') === 2 && counted('release') === 1, { what: 'the texts' })
    await bot.goAway()
    await post(host, '{"tags": ["redis"], "later": 1}')
    await until(async () => Number((await host.health())['buffered']) > 0, { what: 'a sample that waits' })
    await bot.comeBack()
    bot.loseAnswers = 1
    await until(() => latest(bot, 'later') === 1, { what: 'the sample' })
    await until(() => counted('tags') === 3, { what: 'its texts' })
    await until(async () => Number((await host.health())['buffered']) === 0, { what: 'nothing more to wait' })
    assert.equal(counted('tags'), 3)
    assert.equal(latest(bot, 'tags'), undefined, 'no text is a number')
  })

  it('says clearly what is wrong with a report to it', async (t) => {
    const { host } = await pair(t, 'clear')
    const wrong = await post(host, '{"queue": "12"}')
    assert.equal(wrong.status, 400)
    assert.match(wrong.body, /queue.*finite number/)
    assert.equal((await post(host, '[1]')).status, 400)
    assert.equal((await post(host, '{"a": 1}', '/other')).status, 404)
    assert.equal((await post(host, `{"a": ${' '.repeat(70_000)}1}`)).status, 413)
    assert.equal((await post(host, '{"a": 1}')).status, 202)
  })

  it('keeps samples while the bot is away, and delivers them in order and without loss', async (t) => {
    const { bot, host } = await pair(t, 'away', { load: 0.9 })
    await until(() => bot.entries.length > 1, { what: 'samples' })
    await bot.goAway()
    await until(async () => Number((await host.health())['buffered']) >= 3, { what: 'samples to wait' })
    const before = bot.entries.length
    await bot.comeBack()
    await until(() => bot.entries.length >= before + 3, { what: 'the samples that waited' })
    assertInOrder(bot.entries)
    // It goes on reporting meanwhile.
    await until(async () => (await bot.expected('p', 'away')) === bot.entries.length, {
      what: 'no number to be missing',
    })
    assert.equal((await host.health())['dropped'], 0)
    assert.ok(host.log().some(({ msg }) => msg === 'reports are accepted again'))
  })

  it('drops the oldest samples once its buffer is full, and no others', async (t) => {
    const { bot, host } = await pair(t, 'full', { load: 0.9, args: ['--buffer', '2'] })
    await until(() => bot.entries.length > 0, { what: 'a sample' })
    await bot.goAway()
    await until(async () => Number((await host.health())['dropped']) >= 2, { what: 'the buffer to overflow' })
    const before = bot.entries.length
    await bot.comeBack()
    await until(() => bot.entries.length >= before + 2, { what: 'the samples that were kept' })
    assertInOrder(bot.entries)
    // A slow machine may drop more at any time, and some of that when it had been sent already.
    const missing = async (): Promise<number> => (await bot.expected('p', 'full')) - bot.entries.length
    const lost = await until(async () => Math.max(0, await missing()), { what: 'numbers to be missing' })
    const dropped = Number((await host.health())['dropped'])
    assert.ok(lost <= dropped, `${lost} are missing, ${dropped} were dropped`)
  })

  it('sends nothing twice when an answer got lost', async (t) => {
    const { bot, host } = await pair(t, 'lost', { load: 0.9 })
    await until(() => bot.entries.length > 0, { what: 'a sample' })
    bot.loseAnswers = 1
    await until(() => bot.loseAnswers === 0, { what: 'an answer to get lost' })
    const before = bot.entries.length
    await until(() => bot.entries.length >= before + 2, { what: 'later samples' })
    assertInOrder(bot.entries)
    await until(async () => (await bot.expected('p', 'lost')) === bot.entries.length, {
      what: 'none to be there twice',
    })
    assert.equal((await host.health())['problem'], null)
  })

  it('says that its key is wrong, without telling the key', async (t) => {
    const { bot, host, key } = await pair(t, 'wrong')
    await until(() => bot.entries.length > 0, { what: 'a sample' })
    await bot.identities.revoke('p', 'wrong')
    host.load = 0.9
    const line = await until(() => host.log().find(({ level }) => level === 'warn'), { what: 'a warning' })
    assert.match(String(line['msg']), /401.*enrol this host again/)
    assert.match(String((await host.health())['problem']), /401/)
    assert.ok(!JSON.stringify(host.log()).includes(key))
  })

  it('tells what it did not understand, in its log, in its health and to the bot', async (t) => {
    const { bot, host } = await pair(t, 'troubled')
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    const [address, port] = (await host.address('StatsD')).split(':')
    socket.send('queue:1|g\nlatency:soon|ms\nmemory:3|g\n_sc|db|0', Number(port), address)
    const statsd = /StatsD lines not understood: 1, such as "latency:soon\|ms"/
    const name = /stats not accepted: 1, such as memory: the agent measures this itself/
    for (const words of [statsd, name]) {
      await until(() => host.log().find(({ level, msg }) => level === 'warn' && words.test(String(msg))))
      const health = await host.health()
      assert.match(JSON.stringify(health['notes']).replaceAll('\\"', '"'), words)
    }
    assert.deepEqual((await host.health())['statsd'], { lines: 4, bad: 1, refused: 1, ignored: 1 })
    const told = async () => (await bot.identities.ledger.about('p', ['troubled'])).get('troubled')
    await until(async () => ((await told())?.notes.length ?? 0) === 2, { what: 'the notes to arrive' })
    assert.match((await told())!.notes.join('\n'), statsd)
    assert.match((await told())!.run.host, /\w/)
  })

  it('tells what the bot refused, and what is kept under another name', async (t) => {
    const { bot, host } = await pair(t, 'refused')
    assert.deepEqual(await post(host, '{"drift": -5, "p95": 350}'), {
      status: 202,
      body: '{"accepted":2,"renamed":{"p95":"app.p95"}}\n',
    })
    const line = await until(() => host.log().find(({ level }) => level === 'warn'), { what: 'a warning' })
    assert.match(
      String(line['msg']),
      /stats refused by the bot: 1, such as drift: -5 is below zero; if it may be, say so/,
    )
    assert.equal(latest(bot, 'app.p95'), 350)
    assert.equal(latest(bot, 'drift'), undefined)
    const health = await host.health()
    assert.deepEqual(health['renamed'], { p95: 'app.p95' })
    assert.equal(health['ok'], true)
    assert.ok(host.log().some(({ msg }) => String(msg).startsWith('kept as app.p95')))
  })

  it('stops for a newer agent with the same key: only that one counts, and the bot knows both', async (t) => {
    const { bot, host, key } = await pair(t, 'twin', { load: 0.9 })
    assert.equal((await post(host, '{"which": 1}')).status, 202)
    await until(() => latest(bot, 'which') === 1, { what: 'a sample of the first' })
    const copy = await startHost({ url: bot.url, pool: 'p', member: 'twin', key }, { load: 0.9 })
    t.after(() => copy.stop())
    const problem = await until(async () => (await host.health())['problem'], { what: 'the first to be refused' })
    assert.match(String(problem), /another agent reports as twin since this one began \(.+, run \w{8}\)/)
    assert.ok(host.log().some(({ level, msg }) => level === 'warn' && String(msg).includes(String(problem))))
    const [boot, newer] = [(await host.health())['boot'], (await copy.health())['boot']]
    const about = async () => (await bot.identities.ledger.about('p', ['twin'])).get('twin')
    assert.equal((await about())?.run.boot, newer)
    const counted = bot.entries.length
    await until(() => bot.entries.length > counted + 3, { what: 'more of the copy' })
    assert.ok(bot.entries.slice(counted).every(({ sample }) => sample.stats['which'] === undefined))
    const rival = await until(async () => (await about())?.rival, { what: 'the first to try again', timeoutMs: 90_000 })
    assert.equal(rival.boot, boot)
    assert.equal((await copy.health())['problem'], null)
  })

  it('puts samples in order and at their time although the host’s clock is set while it runs, and says so', async (t) => {
    // The clock of this agent alone: right at first, an hour ahead after three seconds.
    const skewed = `const real = Date.now; const from = real(); Date.now = () => real() + (real() - from > 3000 ? 3600000 : 0)`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(skewed)}` }
    const began = Date.now()
    const { bot, host } = await pair(t, 'clock', { load: 0.9, env })
    const about = async () => (await bot.identities.ledger.about('p', ['clock'])).get('clock')
    await until(async () => ((await about())?.clockAheadMs ?? 0) > 3_500_000, { what: 'the clock to be set' })
    const counted = bot.entries.length
    await until(() => bot.entries.length > counted + 2, { what: 'samples after it' })
    assertInOrder(bot.entries)
    for (const { sample } of bot.entries) {
      assert.ok(
        sample.at >= began - 5_000 && sample.at <= Date.now() + 5_000,
        `${sample.at - began} ms after the start`,
      )
    }
    assert.ok(host.log().some(({ msg }) => /clock set: 1, such as 3600 s ahead/.test(String(msg))))
  })

  it('measures on while a counter of its host falls, and says so', async (t) => {
    const proc = await mkdtemp(join(tmpdir(), 'spinup-proc-'))
    const began = performance.now()
    const write = async (): Promise<void> => {
      // In steps of whole jiffies, however late this comes: what is rounded would show in a short sample.
      const s = Math.floor((performance.now() - began) / 100) / 10
      const row = `${1000 + Math.round(s * 30)} 0 500 ${90_000 + Math.round(s * 70)} 10 0 3 ${Math.round(1e12 - s * 7e8)} 0 0`
      await writeFile(join(proc, 'stat.new'), `cpu  ${row}\ncpu0 ${row}\n`)
      await rename(join(proc, 'stat.new'), join(proc, 'stat'))
    }
    await write()
    let writing = Promise.resolve()
    const timer = setInterval(() => (writing = writing.then(write)), 40)
    t.after(async () => {
      clearInterval(timer)
      await writing
      await rm(proc, { recursive: true, force: true })
    })
    const { bot, host } = await pair(t, 'steal', { env: { SPINUP_AGENT_PROC: proc } })
    await until(() => bot.entries.length > 5, { what: 'samples', timeoutMs: 60_000 })
    // Where this process was held up, a sample has too little, and the next one the rest.
    const measured = bot.entries.slice(1).map(({ sample }) => sample.stats['cpu'] ?? 9)
    const middle = measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)]!
    assert.ok(Math.abs(middle - 0.3) < 0.1, String(measured))
    const line = host.log().find(({ level }) => level === 'warn')
    assert.match(
      String(line?.['msg']),
      /odd counters of this host: 1, such as the CPU counters are odd: steal went back/,
    )
  })

  it('goes on without a port that is taken', async (t) => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1')
    await once(taken, 'listening')
    t.after(() => taken.close())
    const { bot, host } = await pair(t, 'taken', { args: ['--statsd', `127.0.0.1:${taken.address().port}`] })
    await until(() => bot.entries.length > 0, { what: 'a sample' })
    assert.ok(host.log().some(({ msg }) => /continuing without StatsD.*EADDRINUSE/.test(String(msg))))
  })

  it('sends what waits when it is told to end, and ends at once', async (t) => {
    const { bot, host } = await pair(t, 'end', { load: 0.9 })
    await until(() => bot.entries.length > 0, { what: 'a sample' })
    await bot.goAway()
    const buffered = async (): Promise<number> => Number((await host.health())['buffered'])
    // What waits already may have arrived, and only its answer been cut off.
    const sent = await buffered()
    await until(async () => (await buffered()) > sent, { what: 'a sample to wait' })
    const before = bot.entries.length
    await bot.comeBack()
    const began = performance.now()
    host.agent.kill('SIGTERM')
    const [code] = await once(host.agent, 'exit')
    assert.equal(code, 0)
    assert.ok(performance.now() - began < 20_000)
    assert.ok(bot.entries.length > before)
  })

  it('refuses to start without a usable config, in words', async (t) => {
    const host = await startHost({ url: 'nowhere' })
    t.after(() => host.stop())
    const [code] = await once(host.agent, 'exit')
    assert.equal(code, 2)
    assert.match(String(host.log()[0]?.['msg']), /must hold.*install line/)
  })
})

function assertInOrder(entries: readonly Entry[]): void {
  const at = entries.map(({ sample }) => sample.at)
  assert.deepEqual(
    at,
    at.toSorted((a, b) => a - b),
  )
  assert.equal(new Set(at).size, at.length, 'none twice')
}
