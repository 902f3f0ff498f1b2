import { messageOf, SpinupError } from '../core/model/error.ts'
import { settled, typeInChats } from './chats.ts'
import { saveCharts } from './chart-files.ts'
import { connect, type } from './connect.ts'
import { playCrowd, type Crowd } from './crowd.ts'
import { wait, type Figures, type Stretch } from './figures.ts'
import { at, felt, FRESH, over, saying, type RailState, type Wish } from './rail/browser/state.ts'
import type { Scene, Stage } from './scene.ts'
import { soFar } from './so-far.ts'
import { createTraffic, type Traffic } from './traffic/traffic.ts'
import { createVisits } from './visits.ts'
import { watch } from './watch.ts'

const QUIET_MS = 18_000
const CALM_LOAD = 0.5
const QUICK_SECONDS = 3
/** A quiet in which the pool grew is begun again. */
const TRIES = 3
/** A pool at rest answers within it, on a machine that has time for it. */
const QUICK_MS = 250
/** What the number that is always shown looks back on. */
const FELT_MS = 3000
/** The crowd leaves when it is asked to: what comes before takes as long as it takes. */
const SHAPE = { quietRps: 3, peak: 20, riseMs: 1000, holdMs: null, decayMs: 4000 }
/** The team's policy for the demo: the defaults are for days, this story is for two minutes. */
export const POLICY =
  'policy max=6 window=2s scale-in-window=10s scale-in-cooldown=2s slow-minute=0.1 step-in=2 stale-after=15s'

/** The story, and what goes on after it. */
export interface Story {
  /** Plays it from a fresh bot to the last clone gone, typing what a person would; gives the figures. */
  play(): Promise<Figures>
  /** What the page shows beside it: how it ended, null: well. */
  ended(failure: string | null): void
  /** Does what somebody presses in the page, where it may be pressed now. */
  wish(wish: Wish): Promise<void>
  /** Ends the traffic. */
  stop(): Promise<void>
}

export function createStory(stage: Stage): Story {
  const { bot, client, say, signal } = stage
  const visits = createVisits()
  const known: { quiet: Stretch | null; jumpAt: number | null } = { quiet: null, jumpAt: null }
  const seen = watch(client, signal, () => soFar({ ...known, visits, pool: seen.pool(), now: Date.now() }))
  let rail: RailState = FRESH
  let traffic: Traffic | null = null
  let playing = true
  const show = (next: RailState): void => {
    rail = next
    bot.show(rail)
  }
  const scene: Scene = {
    ...stage,
    seen,
    visits,
    traffic: () => (traffic ??= start()),
    enter(step, text) {
      say(text)
      show(at(rail, step, text))
    },
    tell: (step, text) => show(saying(rail, step, text)),
  }
  function start(): Traffic {
    return createTraffic({
      url: bot.balancerUrl,
      shape: { kind: 'hackerNews', ...SHAPE, quietForMs: null, afterMs: null },
      onSecond(second) {
        visits.add(second)
        const p95Ms = visits.lately(FELT_MS) ?? (second.waiting > 0 ? rail.p95Ms : null)
        show({ ...felt(rail, p95Ms), asks: seen.pool().mode === 'approve' })
      },
    })
  }
  async function crowd(which: 'first' | 'another'): Promise<Crowd> {
    known.jumpAt = Date.now()
    return playCrowd(scene, which, Math.max(QUICK_MS, (known.quiet?.p95Ms ?? 0) * 2.5))
  }

  return {
    async play() {
      const beganAt = Date.now()
      scene.enter('Connect', 'A droplet is linked on the connect page, and its snapshot is taken.')
      await connect(bot, client, seen, say)
      await typeInChats(bot.chats, 'notify all', say)
      await type(client, POLICY, say)
      scene.tell('Connect', `The droplet web is connected and has a snapshot, after ${wait(Date.now() - beganAt)}.`)
      const quiet = await playQuiet(scene)
      known.quiet = quiet
      const { waitedMs, overload, recovered, recoveredAt, decisionMs, inServiceMs, clonesPeak } = await crowd('first')
      const clonesEnd = seen.pool().clones.length
      await type(client, 'history', say)
      await seen.until('the history', 10_000, () => seen.kinds().includes('history'))
      return {
        quiet,
        overload,
        recovered,
        waitedMs,
        failedRequests: visits.failed(recoveredAt),
        decisionMs,
        inServiceMs,
        clonesPeak,
        clonesEnd,
        views: seen.kinds(),
        charts: await saveCharts(client, seen.cards(), bot.dataDir),
        api: await bot.cloud.tally(),
        ...(bot.chats === null ? {} : { chats: await settled(bot.chats) }),
      }
    },
    ended(failure) {
      playing = false
      show(over(rail, failure))
      if (failure !== null) traffic?.ease()
    },
    async wish(wish) {
      if (playing) return
      playing = true
      let failure: string | null = null
      try {
        if (wish !== 'crowd') {
          await type(client, `mode ${wish}`, say)
          await seen.until(`mode ${wish}`, 10_000, () => seen.pool().mode === wish)
        }
        if (wish !== 'auto') await crowd('another')
      } catch (error) {
        if (!signal.aborted) say(messageOf(error))
        failure = messageOf(error).split('\n')[0] ?? ''
        traffic?.ease()
      } finally {
        playing = false
        if (!signal.aborted) show(over(rail, failure))
      }
    },
    async stop() {
      seen.stop()
      await traffic?.stop().catch(() => null)
    },
  }
}

/**
 * A quiet quarter of a minute with one droplet. On a machine that is busy with other things the pool may grow in it: then
 * one droplet is waited for, and it begins again. Throws `conflict` when it grows each time.
 */
async function playQuiet(scene: Scene): Promise<Stretch> {
  const { seen, visits } = scene
  scene.enter('Quiet', 'A few readers a second: one droplet is enough.')
  scene.traffic()
  for (let tries = 1; ; tries++) {
    // A site that has just started may be slow.
    const from = await seen.until('one droplet that answers quickly', 120_000, () => {
      const { load, clones } = seen.pool()
      const calm = clones.length === 0 && load !== null && load < CALM_LOAD
      return calm && visits.quick(QUICK_SECONDS, QUICK_MS) && Date.now()
    })
    const { grew } = await seen.until('the quiet seconds', 4 * QUIET_MS, () => {
      const { clones, decision } = seen.pool()
      if (clones.length > 0) return { grew: decision?.reason ?? 'without a reason.' }
      return (visits.last()?.at ?? 0) >= from + QUIET_MS && { grew: null }
    })
    if (grew === null) {
      const quiet = visits.stretch(from, Date.now())
      scene.tell('Quiet', `A few readers a second, and one droplet is enough: p95 ${wait(quiet.p95Ms)}.`)
      return quiet
    }
    const words = `The pool grew before the link was posted: ${grew}`
    if (tries === TRIES) throw new SpinupError('conflict', words)
    scene.say(`${words} The story waits until one droplet is enough again.`)
  }
}
