import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { NO_FIGURES, type BackendState, type Figures } from '../../src/balancers/balancer.ts'
import { until } from '../wait.ts'
import type { BalancerRig } from './balancer.ts'
import { startFiguresMember, type FiguresMember } from './figures-member.ts'

/** All there are. */
export const FIGURES = Object.keys(NO_FIGURES) as readonly (keyof Figures)[]

/** What the figures of every balancer mean, and that those it does not tell are null; setup as of `balancerContract`. */
export function figuresContract(name: string, setup: () => Promise<BalancerRig>): void {
  describe(`${name} tells what it knows of a member's traffic, and nothing else`, () => {
    let rig: BalancerRig
    let member: FiguresMember
    before(async () => {
      rig = await setup()
    })
    after(() => rig.close())
    beforeEach(async () => {
      member = await startFiguresMember()
      await rig.balancer.add(member.url)
      await until(async () => (await look()).state === 'healthy', { what: `${member.url} to be healthy` })
    })
    afterEach(async () => {
      await rig.balancer.remove(member.url)
      await member.close()
    })

    const look = async (): Promise<BackendState> => {
      const state = (await rig.balancer.list()).find(({ url }) => url === member.url)
      if (state === undefined) throw new Error(`${member.url} is not listed`)
      return state
    }
    const tells = (figure: keyof Figures) => rig.tells.includes(figure)
    /** Those figures as this balancer should show them. */
    const shown = (figures: Partial<Figures>): Partial<Figures> =>
      Object.fromEntries(
        Object.entries(figures).map(([key, value]) => [key, tells(key as keyof Figures) ? value : null]),
      )
    const seen = async (figures: Partial<Figures>): Promise<Partial<Figures>> => {
      const state = await look()
      return Object.fromEntries(FIGURES.filter((key) => key in figures).map((key) => [key, state[key]]))
    }
    const show = async (figures: Partial<Figures>) => {
      const fits = async () => {
        assert.deepEqual(await seen(figures), shown(figures))
        return true
      }
      await until(fits, { what: JSON.stringify(shown(figures)) })
    }
    /** So it stays, in every look. */
    const stay = async (figures: Partial<Figures>, forMs: number) => {
      const since = performance.now()
      const strays: unknown[] = []
      await until(async () => {
        const now = await seen(figures)
        if (!isDeepStrictEqual(now, shown(figures))) strays.push(now)
        return performance.now() - since > forMs
      })
      assert.deepEqual(strays, [])
    }
    const open = async (...paths: readonly string[]) =>
      until(() => member.open().toSorted().join() === paths.toSorted().join(), {
        what: `${paths.join(', ')} at the member`,
      })
    const get = (path: string) => fetch(new URL(path, rig.url ?? ''), { signal: AbortSignal.timeout(20_000) })
    const connect = async (path: string) => {
      const socket = new WebSocket(new URL(path, (rig.url ?? '').replace('http', 'ws')))
      await once(socket, 'open')
      return socket
    }
    const traffic = (title: string, body: () => Promise<void>) =>
      it(title, async (context) => {
        if (rig.url === null) context.skip('no data plane to send traffic to')
        else await body()
      })
    const atLeast = (figure: 'p95Ms' | 'firstByteP95Ms', state: BackendState, ms: number) => {
      if (!tells(figure)) return assert.equal(state[figure], null)
      assert.ok((state[figure] ?? 0) >= ms, `${figure} of at least ${ms}, got ${state[figure]}`)
    }

    it('an idle member has zeros where they are known, and no times', async () => {
      const state = await look()
      assert.deepEqual(Object.fromEntries(FIGURES.map((key) => [key, state[key]])), {
        ...NO_FIGURES,
        ...shown({ rps: 0, atMember: 0, waiting: 0, streaming: 0, queued: 0 }),
      })
      assert.equal(await rig.balancer.queued(), rig.tellsQueue === true ? 0 : null)
    })

    traffic('answers are counted as a rate for some seconds, what has no answer is not', async () => {
      // As many as it takes: a machine that has much else to do may need longer than the rate looks back.
      await until(
        async () => {
          await Promise.all(Array.from({ length: 20 }, async () => (await get('/quick')).text()))
          return !tells('rps') || ((await look()).rps ?? 0) > 5
        },
        { what: 'a rate' },
      )
      const answer = get('/held')
      await open('/held')
      await show({ atMember: 1, rps: 0 })
      member.release()
      await (await answer).text()
    })

    traffic('a request held for three seconds waits all the while and streams never', async () => {
      const held = { atMember: 1, waiting: 1, streaming: 0, queued: 0 }
      const answer = get('/held')
      await open('/held')
      await show(held)
      await stay(held, 3000)
      member.release()
      assert.equal(await (await answer).text(), 'done')
      await show({ atMember: 0, waiting: 0, streaming: 0 })
      const state = await look()
      // The classes of the percentile are 12 % wide.
      atLeast('firstByteP95Ms', state, 2800)
      atLeast('p95Ms', state, 2800)
    })

    traffic('an event stream streams from its headers on, does not wait, and is no whole answer', async () => {
      const streamed = { atMember: 1, waiting: 0, streaming: 1, queued: 0 }
      const answer = await get('/events')
      await open('/events')
      await show(streamed)
      await stay(streamed, 1000)
      member.release()
      assert.match(await answer.text(), /^data: hello/)
      await show({ atMember: 0, waiting: 0, streaming: 0, p95Ms: null })
      if (tells('firstByteP95Ms')) assert.ok(((await look()).firstByteP95Ms ?? Infinity) < 1000)
    })

    traffic('so does a WebSocket', async () => {
      const streamed = { atMember: 1, waiting: 0, streaming: 1, queued: 0 }
      const socket = await connect('/chat')
      await open('/chat')
      await show(streamed)
      await stay(streamed, 1000)
      const closed = once(socket, 'close')
      member.release()
      await closed
      await show({ atMember: 0, waiting: 0, streaming: 0, p95Ms: null })
    })

    traffic('a page that comes in parts streams, and is a whole answer when it ends', async () => {
      const answer = get('/page')
      await open('/page')
      await show({ atMember: 1, waiting: 0, streaming: 1 })
      await stay({ atMember: 1, waiting: 0, streaming: 1 }, 1500)
      member.release()
      assert.equal(await (await answer).text(), '<h1>done')
      await show({ atMember: 0, waiting: 0, streaming: 0 })
      const state = await look()
      atLeast('p95Ms', state, 1400)
      if (tells('firstByteP95Ms')) assert.ok((state.firstByteP95Ms ?? Infinity) < (state.p95Ms ?? 0) - 1000)
    })

    traffic('each is counted on its own side when they come together', async () => {
      const answers = [get('/held?1'), get('/held?2'), get('/held?3')]
      const stream = await get('/events')
      const socket = await connect('/chat')
      await open('/held?1', '/held?2', '/held?3', '/events', '/chat')
      await show({ atMember: 5, waiting: 3, streaming: 2, queued: 0 })
      const closed = once(socket, 'close')
      member.release()
      for (const answer of answers) assert.equal(await (await answer).text(), 'done')
      await stream.text()
      await closed
      await show({ atMember: 0, waiting: 0, streaming: 0, queued: 0 })
    })
  })
}
