import { createHash } from 'node:crypto'
import { serialize } from 'node:v8'
import type { Logger } from 'pino'
import type { Card } from '../../core/model/view.ts'
import type { Chat, Shown, ShownCard } from '../chat.ts'
import { firstTaken, type CardChannel, type CardPlatform, type Drawing, type Spot } from './platform.ts'

/** What is kept of a card in addition to its message; all texts, empty where there is none. */
const NOTHING = {
  /** As the platform names it: what is between two has a name of its own. */
  channel: '',
  /** The revision that the message says, where only the thread is still behind. */
  main: '',
  /** What it said last. */
  mainState: '',
  thread: '',
  threadMessage: '',
  /** When that message was started and not confirmed, epoch ms. */
  threadBegun: '',
  /** What it said last. */
  threadState: '',
  /** `yes`: the platform takes nothing below this card. */
  threadRefused: '',
}
type Extra = typeof NOTHING & Readonly<Record<string, string>>

/**
 * `Chat.show` for any platform: a card is one message, edited in place, with its details in one message of a thread. A post
 * whose answer was lost is looked for before it is repeated; one that was deleted is posted again; one that is refused goes
 * out simpler. What is shown where is kept before and after each step, so that the next bot goes on from there.
 */
export function createCardUpsert<M>(
  platform: CardPlatform<M>,
  { shown, now, log }: { readonly shown: Shown; readonly now: () => number; readonly log: Logger },
): Chat['show'] {
  const tools = { explain: platform.explain, now, log }
  /** One at a time for each card: the older of two must not overtake. */
  const turns = new Map<string, Promise<void>>()

  async function show(destination: string, card: Card): Promise<void> {
    const before = await shown.get(destination, card.id)
    if (before?.state === 'shown' && newest(before, card.revision) >= card.revision) return
    const channel = await platform.open(destination)
    for await (const drawing of channel.draw(card, before?.extra ?? {})) {
      await put(channel, card, drawing, await shown.get(destination, card.id), (kept) =>
        shown.set(destination, card.id, kept),
      )
    }
  }

  async function put(
    channel: CardChannel<M>,
    card: Card,
    drawing: Drawing<M>,
    before: ShownCard | null,
    keep: (kept: ShownCard) => Promise<void>,
  ): Promise<void> {
    const extra = extraOf(before, channel.name)
    const fresh = { ...NOTHING, channel: extra.channel }
    const sending = { message: before?.message ?? null, revision: -1, at: before?.at ?? now(), extra: fresh }
    const mainState = stateOf(drawing.versions[0])
    // The same words need no edit, nor does what only the thread is still behind of.
    const says = extra.main === String(card.revision) || (before?.state === 'shown' && extra.mainState === mainState)
    const known = says ? sending.message : null
    const main =
      known === null
        ? await placeMessage(
            channel,
            {
              spot: { channel: extra.channel, thread: null, card: card.id, part: 'card' },
              versions: drawing.versions,
              id: sending.message,
              begunAt: before?.state === 'sending' ? before.at : null,
              begin: (at) => keep({ ...sending, state: 'sending', at }),
              notDone: () => keep({ ...sending, state: 'refused' }),
            },
            tools,
          )
        : { id: known, channel: extra.channel, isNew: false, said: drawing.versions[0] }
    const there = {
      state: 'shown',
      message: main.id,
      // Not this one yet: whatever becomes of its thread, it is to be shown whole.
      revision: main.isNew ? -1 : (before?.revision ?? -1),
      at: sending.at,
    } as const
    const said = { main: drawing.whole ? String(card.revision) : '', mainState: stateOf(main.said) }
    const settled: Extra = main.isNew ? { ...fresh, ...said, channel: main.channel } : { ...extra, ...said }
    const keepExtra = (kept: Extra): Promise<void> => keep({ ...there, extra: kept })
    if (drawing.details !== null) await keepExtra(settled)
    const whole = { ...(await putDetails(channel, card, drawing, main.id, settled, keepExtra)), ...drawing.keep }
    await keep({ ...there, ...(drawing.whole ? { revision: card.revision } : {}), extra: whole })
  }

  /** Sees to it that the details stand below the card; where the platform refuses them for good, the card stays without. */
  async function putDetails(
    channel: CardChannel<M>,
    card: Card,
    { details }: Drawing<M>,
    below: string,
    extra: Extra,
    keep: (extra: Extra) => Promise<void>,
  ): Promise<Extra> {
    if (details === null || extra.threadRefused !== '') return extra
    // The same words with the same picture need no edit.
    const threadState = stateOf(details.versions[0])
    if (extra.threadState === threadState) return extra
    try {
      const thread = extra.thread || ((await channel.openThread?.(below, details.title)) ?? below)
      const unsaid = { ...extra, thread, threadBegun: '', threadState: '' }
      const { id } = await placeMessage(
        channel,
        {
          spot: { channel: extra.channel, thread, card: card.id, part: 'details' },
          versions: details.versions,
          id: extra.threadMessage || null,
          begunAt: extra.threadBegun === '' ? null : Number(extra.threadBegun),
          begin: (at) => keep({ ...unsaid, threadBegun: String(at) }),
          notDone: () => keep(unsaid),
        },
        tools,
      )
      return { ...unsaid, threadMessage: id, threadState }
    } catch (error) {
      const { error: failure } = platform.explain(error)
      if (failure.retryable) throw error
      log.warn({ card: card.id, reason: failure.message }, 'a card stays without its thread')
      return { ...extra, threadRefused: 'yes' }
    }
  }

  return async (destination, card) => {
    const key = JSON.stringify([destination, card.id])
    const turn = (turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(() => show(destination, card))
    turns.set(key, turn)
    try {
      await turn
    } catch (error) {
      throw platform.explain(error).error
    } finally {
      if (turns.get(key) === turn) turns.delete(key)
    }
  }
}

function stateOf(message: unknown): string {
  return createHash('sha256').update(serialize(message)).digest('base64url').slice(0, 16)
}

/** The revision that is shown; one whose thread is still behind counts against older ones alone. */
function newest({ revision, extra }: ShownCard, wanted: number): number {
  const main = Number(extra['main'] || -1)
  return main === wanted ? revision : Math.max(revision, main)
}

/** As it was kept; cards that an earlier version showed in Slack have their thread's message under another name. */
function extraOf(before: ShownCard | null, channel: string): Extra {
  const { threadMark, ...kept } = before?.extra ?? {}
  const renamed = threadMark === undefined ? {} : { thread: before?.message ?? '', threadMessage: kept['thread'] ?? '' }
  return { ...NOTHING, channel, ...kept, ...renamed }
}

/** One message that is to say something, whether or not it is there already. */
export interface Wish<M> {
  readonly spot: Spot
  /** What it is to say, ever simpler. */
  readonly versions: readonly M[]
  /** The message that said it last; null: none is known. */
  readonly id: string | null
  /** When a post was started whose answer never came, epoch ms; null: none was. */
  readonly begunAt: number | null
  /** Called before it is posted, so that a lost answer is noticed. */
  readonly begin: (at: number) => Promise<void>
  /** Called when the post was surely not done: nothing has to be looked for. */
  readonly notDone: () => Promise<void>
}

/** Where it is now; the channel as the platform names it. */
export interface Placed<M> {
  readonly id: string
  readonly channel: string
  readonly isNew: boolean
  /** What it says: a simpler version, where the platform refused it whole. */
  readonly said: M | undefined
}

/** Edits the message, found first where a post of it is in doubt; posts it where there is none any more. Throws the platform's errors. */
async function placeMessage<M>(
  channel: CardChannel<M>,
  { spot, versions, id, begunAt, begin, notDone }: Wish<M>,
  { explain, now, log }: Pick<CardPlatform<M>, 'explain'> & { readonly now: () => number; readonly log: Logger },
): Promise<Placed<M>> {
  let said: M | undefined
  const found = begunAt === null ? null : await channel.findUnconfirmed(spot, begunAt)
  for (const known of [found, id]) {
    if (known === null) continue
    try {
      await firstTaken(versions, (message) => channel.edit(spot, known, (said = message)), explain, log)
      return { id: known, channel: spot.channel, isNew: false, said }
    } catch (error) {
      if (explain(error).means !== 'gone') throw error
    }
  }
  await begin(begunAt ?? now())
  const key = JSON.stringify([spot.card, spot.part, id ?? ''])
  try {
    const posted = await firstTaken(versions, (message) => channel.post(spot, (said = message), key), explain, log)
    return { ...posted, isNew: true, said }
  } catch (error) {
    if (!explain(error).inDoubt) await notDone()
    throw error
  }
}
