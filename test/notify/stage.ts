import type { Redis } from 'ioredis'
import type { Place } from '../../src/core/model/platforms.ts'
import type { AlertView, Card, EpisodeView, ProposalView, View } from '../../src/core/model/view.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import type { Notices } from '../../src/notify/notices.ts'
import { createOutbox, type Outbox } from '../../src/store/outbox.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { exampleViews } from '../example-views.ts'
import { quiet, startTestRedis } from '../redis.ts'
import { examplePool, T } from '../store/example-state.ts'

export const CONSOLE = 'console:main'
export const OPS: Place = { platform: 'slack', channel: 'T1/C1', tenant: null }
export const LOUD: Place = { platform: 'discord', channel: 'G1/C9', tenant: null }
export const THEIRS: Place = { platform: 'slack', channel: 'T2/C1', tenant: 'slack:T2' }

/** Notices on real Redis, on a clock that the test moves. */
export interface Stage {
  readonly redis: Redis
  readonly outbox: Outbox
  notices: Notices
  complaints: ReturnType<typeof openNotices>['complaints']
  now(): number
  pass(ms: number): void
  /** Tells a card of pool `web`. */
  tell(cardId: string, view: View, poolId?: string): Promise<void>
  /** What a channel shows by now, by card id; every card in its newest state. */
  shown(destination: string): Promise<ReadonlyMap<string, Card>>
  reset(): Promise<void>
  stop(): Promise<void>
}

export async function startStage(): Promise<Stage> {
  const server = await startTestRedis()
  const redis = await server.connect()
  const outbox = createOutbox(redis)
  let now = T
  const open = (): ReturnType<typeof openNotices> =>
    openNotices({ redis, outbox, always: [CONSOLE], now: () => now, log: quiet })
  const channels = new Map<string, Map<string, Card>>()
  const stage: Stage = {
    redis,
    outbox,
    ...open(),
    now: () => now,
    pass: (ms) => void (now += ms),
    tell: (cardId, view, poolId = 'web') => stage.notices.tell(poolId, cardId, view, now),
    shown: async (destination) => {
      const cards = channels.get(destination) ?? new Map<string, Card>()
      channels.set(destination, cards)
      await outbox.deliver(destination, async (card) => void cards.set(card.id, card))
      return cards
    },
    reset: async () => {
      await server.flush()
      channels.clear()
      now = T
      Object.assign(stage, open())
      const store = createPoolStore(redis)
      await store.create(examplePool())
      await store.create(examplePool({ id: 'blog', name: 'blog' }))
      await store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: THEIRS.tenant }))
    },
    stop: () => server.stop(),
  }
  return stage
}

const views = exampleViews(T)

export const episode = (changes: Partial<EpisodeView> = {}): EpisodeView => ({ ...views.episode, ...changes })
export const proposal = (changes: Partial<ProposalView> = {}): ProposalView => ({ ...views.proposal, ...changes })
export const alert = (tone: AlertView['tone'], changes: Partial<AlertView> = {}): AlertView => ({
  ...views.alert,
  tone,
  state: 'active',
  resolvedAt: null,
  title: 'web-2 is silent',
  text: `it is ${tone}`,
  ...changes,
})
export const resolved = (): AlertView =>
  alert('good', { state: 'resolved', resolvedAt: T, title: 'Resolved: web-2 is silent' })
export const textOf = (card: Card | undefined): string => (card?.view.kind === 'alert' ? card.view.text : '')
