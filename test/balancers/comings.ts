import { setTimeout as pause } from 'node:timers/promises'
import type { Balancer } from '../../src/balancers/balancer.ts'
import { until } from '../wait.ts'
import { startSite, type Site } from './site.ts'
import { failed, startVisitors, type Tally } from './visitors.ts'

/** What a run under traffic showed. */
export interface Run {
  readonly tally: Tally
  readonly failed: number
  readonly perSecond: number
  readonly joined: number
  readonly left: number
  /** Requests that were in flight on a member when it was destroyed; each is a failed request. */
  readonly cut: number
}

export interface Traffic {
  readonly balancer: Balancer
  readonly url: string
  readonly forMs: number
  readonly perSecond: number
  /** Members that join, and leave again, while the traffic lasts. */
  readonly members: number
  readonly say?: (line: string) => void
}

/**
 * Sends traffic for `forMs` while members join one after the other and, two at most being left behind, leave: healthy
 * → add → serving; drain → nothing in flight → remove → destroyed. Like Spinup's own operations, it does nothing else
 * for them. One member stays throughout.
 */
export async function comeAndGo(options: Traffic): Promise<Run> {
  const { balancer, say = () => undefined } = options
  const stateOf = async (site: Site) => (await balancer.list()).find(({ url }) => url === site.url)
  let [joined, left, cut] = [0, 0, 0]
  const join = async () => {
    const site = await startSite()
    await balancer.add(site.url)
    await until(async () => (await stateOf(site))?.state === 'healthy', { what: `${site.url} to be healthy` })
    return site
  }
  const leave = async (site: Site) => {
    await balancer.drain(site.url)
    await until(async () => ((await stateOf(site))?.inFlight ?? 0) === 0, { what: `${site.url} to be idle` })
    await balancer.remove(site.url)
    cut += site.inFlight()
    await site.destroy()
    left += 1
    say(`${site.url} left; it had served ${site.served()}`)
  }

  const stays = await join()
  const visitors = startVisitors(options.url, options.perSecond)
  const start = performance.now()
  const present: Site[] = []
  // Each member has a turn in which it joins and, once two newer ones are there, an older one leaves.
  const turnMs = options.forMs / (options.members + 2)
  for (let turn = 0; turn < options.members + 2; turn += 1) {
    if (turn < options.members) {
      const site = await join()
      await until(() => site.served() > 0, { what: `visitors at ${site.url}` })
      present.push(site)
      joined += 1
      say(`${site.url} joined`)
    }
    await pause(Math.max(0, start + (turn + 0.5) * turnMs - performance.now()))
    const oldest = turn >= 2 || present.length > 2 ? present.shift() : undefined
    if (oldest !== undefined) await leave(oldest)
    await pause(Math.max(0, start + (turn + 1) * turnMs - performance.now()))
  }
  for (const site of present) await leave(site)
  const perSecond = visitors.tally.sent / ((performance.now() - start) / 1000)
  await visitors.stop()
  await balancer.remove(stays.url)
  await stays.destroy()
  return { tally: visitors.tally, failed: failed(visitors.tally), perSecond, joined, left, cut }
}
