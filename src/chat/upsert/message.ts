import type { Logger } from 'pino'
import type { CardChannel, CardPlatform, Spot } from './platform.ts'
import { firstTaken } from './versions.ts'

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
export interface Placed {
  readonly id: string
  readonly channel: string
  readonly isNew: boolean
}

/** Edits the message, found first where a post of it is in doubt; posts it where there is none any more. Throws the platform's errors. */
export async function placeMessage<M>(
  channel: CardChannel<M>,
  { spot, versions, id, begunAt, begin, notDone }: Wish<M>,
  { explain, now, log }: Pick<CardPlatform<M>, 'explain'> & { readonly now: () => number; readonly log: Logger },
): Promise<Placed> {
  const found = begunAt === null ? null : await channel.findUnconfirmed(spot, begunAt)
  for (const known of [found, id]) {
    if (known === null) continue
    try {
      await firstTaken(versions, (message) => channel.edit(spot, known, message), explain, log)
      return { id: known, channel: spot.channel, isNew: false }
    } catch (error) {
      if (explain(error).means !== 'gone') throw error
    }
  }
  await begin(begunAt ?? now())
  const key = JSON.stringify([spot.card, spot.part, id ?? ''])
  try {
    const posted = await firstTaken(versions, (message) => channel.post(spot, message, key), explain, log)
    return { ...posted, isNew: true }
  } catch (error) {
    if (!explain(error).inDoubt) await notDone()
    throw error
  }
}
