import { createConsoleClient } from '../../src/cli/console-client.ts'
import { until } from '../wait.ts'
import { answersWithin, exchange, open, statusOf } from './raw.ts'
import { PASSWORD, type Stage, type Try, type Way } from './stage.ts'

/** Kept out is who waits as long as the flood lasts; a busy machine takes a few seconds for each by itself. */
const SOON_MS = 20_000
const JSON_TYPE = { 'content-type': 'application/json' }

/** Tries to keep everybody else out. Each answers whether it did. */
export function floods(stage: Stage, { bot, front, how }: Way): readonly Try[] {
  const answers = (url: string): Promise<boolean> => answersWithin(SOON_MS, async () => (await statusOf(url)) === 200)
  const guess = (index: number): Promise<number> =>
    statusOf(`${bot}/api/console/messages`, { headers: { authorization: `Bearer guess-${index}` } })
  const enrol = (key: string): Promise<number> =>
    statusOf(`${bot}/v1/enroll`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ key, host: 'x' }) })
  return [
    {
      name: `${how}: others’ wrong passwords keep the right one out, of pages, scripts and the command line`,
      kind: 'stall',
      run: async () => {
        await Promise.all(Array.from({ length: 200 }, (_, index) => guess(index)))
        const body = new URLSearchParams({ password: PASSWORD })
        const page = await statusOf(`${bot}/login`, { method: 'POST', body })
        const script = await statusOf(`${bot}/api/console/messages`, {
          headers: { authorization: `Bearer ${PASSWORD}` },
        })
        const { text } = await createConsoleClient(bot, 'cli', PASSWORD).say('/spinup help')
        return page !== 303 || script !== 200 || text === ''
      },
    },
    {
      name: `${how}: junk enrolments keep a clone with a good key out`,
      kind: 'stall',
      run: async () => {
        const key = await stage.enrolment(`probe-${how}`)
        const junk = (index: number): string =>
          index % 2 === 0 ? `junk ${index}` : `spe_${stage.pool}.probe-${how}.${String(index).padStart(32, 'A')}`
        let status = 0
        await Promise.all(
          Array.from({ length: 1000 }, async (_, index) => {
            if (index !== 700) return void (await enrol(junk(index)))
            // An agent tries again what was not answered: on a busy machine a proxy gives up on one of a thousand.
            for (let tries = 0; tries < 3 && (status === 0 || status >= 500); tries++) status = await enrol(key)
          }),
        )
        return status !== 200
      },
    },
    {
      name: `${how}: five thousand requests at once on one connection`,
      kind: 'stall',
      run: async () => {
        const text = Array.from({ length: 5000 }, (_, index) => `GET /?${index} HTTP/1.1\r\nHost: site.test\r\n\r\n`)
        const flood = exchange(front, text.join(''))
        const others = await answers(front)
        const carried = (await flood).split('HTTP/1.1 200').length - 1
        // nginx asks for one after another by itself.
        return !others || (how === 'direct' && carried > 101)
      },
    },
    {
      name: `${how}: a lie about a body has what follows it run as well`,
      kind: 'in',
      run: async () => {
        const lie = 'GET / HTTP/1.1\r\nHost: site.test\r\nExpect: 100-continue\r\n\r\n'
        const next = 'GET /health HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n'
        const said = await exchange(front, lie + next, 2000)
        return how === 'direct' ? / 200 /.test(said) : said.split('HTTP/1.1 200').length - 1 > 2
      },
    },
    {
      name: `${how}: two hosts at the balancer`,
      kind: 'in',
      run: async () =>
        / 200 /.test(
          (await exchange(front, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n')).slice(0, 20),
        ),
    },
  ]
}

/** Bodies and heads that never end, at both ports; `begin` starts them, the tries look at what they did. */
export function slowSenders(stage: Stage): { begin(): void; readonly tries: readonly Try[]; stop(): void } {
  const { bot, front } = stage.direct
  const starts = [
    'POST /v1/enroll HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{',
    'GET / HT',
  ]
  const sockets: { readonly url: string; readonly socket: ReturnType<typeof open> }[] = []
  let drip: NodeJS.Timeout | undefined
  const held = (url: string): number => sockets.filter((one) => one.url === url && !one.socket.destroyed).length
  return {
    begin() {
      for (const url of [bot, front])
        for (const start of starts)
          for (let index = 0; index < 300; index++) sockets.push({ url, socket: open(url, start) })
      drip = setInterval(() => {
        for (const { socket } of sockets) if (!socket.destroyed) socket.write(' ')
      }, 2000)
    },
    tries: [
      ...[bot, front].map((url): Try => ({
        name: `six hundred senders that never end, at ${url === bot ? 'the bot' : 'the balancer'}: others wait`,
        kind: 'stall',
        run: async () => !(await answersWithin(SOON_MS, async () => (await statusOf(`${url}/health`)) === 200)),
      })),
      ...[bot, front].map((url): Try => ({
        name: `senders that never end hold ${url === bot ? 'the bot' : 'the balancer'}’s connections`,
        kind: 'stall',
        run: () =>
          until(() => held(url) === 0, { timeoutMs: 60_000 }).then(
            () => false,
            () => true,
          ),
      })),
    ],
    stop() {
      clearInterval(drip)
      for (const { socket } of sockets) socket.destroy()
    },
  }
}

/** One member's key against everybody’s Redis. */
export function keyFloods(stage: Stage): readonly Try[] {
  const stats = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`s${index}`, index]))
  return [
    {
      name: 'samples that come newest first hold Redis up',
      kind: 'stall',
      run: async () => {
        const key = await stage.memberKey('flood')
        let longest = 0
        const sending = new AbortController()
        const pings = (async () => {
          while (!sending.signal.aborted) {
            const begun = performance.now()
            await stage.redis.ping()
            longest = Math.max(longest, performance.now() - begun)
          }
        })()
        const now = Date.now()
        for (let report = 0; report < 25; report++) {
          const samples = Array.from({ length: 100 }, (_, index) => ({ at: now - (report * 100 + index) * 200, stats }))
          await statusOf(`${stage.direct.bot}/v1/samples`, {
            method: 'POST',
            headers: { ...JSON_TYPE, authorization: `Bearer ${key}` },
            body: JSON.stringify({
              pool: stage.pool,
              member: 'flood',
              boot: 'boot-flood',
              seq: report * 100,
              sentAt: Date.now(),
              periodMs: 3_600_000,
              dropped: 0,
              samples,
            }),
          })
        }
        sending.abort()
        await pings
        return longest > 2000
      },
    },
    {
      name: 'a memory that is full keeps people from looking, or is not named',
      kind: 'stall',
      run: async () => {
        await stage.redis.config('SET', 'maxmemory', '1mb')
        try {
          const status = (await stage.client().say('/spinup status')).text
          const refused = (await stage.client().say('/spinup pause')).text
          return !status.includes('web') || !refused.includes('memory is full')
        } finally {
          await stage.redis.config('SET', 'maxmemory', '0')
        }
      },
    },
    {
      name: 'an emptied Redis silences the bot about what runs and costs',
      kind: 'stall',
      run: async () => {
        await stage.redis.flushall()
        const said = (): boolean => stage.log().includes('Redis was emptied')
        return until(said, { timeoutMs: 30_000 }).then(
          () => false,
          () => true,
        )
      },
    },
  ]
}
