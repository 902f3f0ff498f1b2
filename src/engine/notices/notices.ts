import type { Place } from '../../core/model/place.ts'
import { destinationOf } from '../../core/model/place.ts'
import type { View } from '../../core/model/view.ts'
import type { Outbox } from '../../store/outbox.ts'

/** Who is told what, where. */
export interface Notices {
  /** Puts a card into every channel that wants it; one that shows the card already gets its later states. */
  tell(poolId: string, cardId: string, view: View, at: number): Promise<void>
  /** Puts a card into the channel of someone who asked, and wherever the installation's own team always looks. */
  tellAsker(place: Place, cardId: string, view: View, at: number): Promise<void>
  /** From now on this channel is told of the pool; null: of the one that is about to be connected there. */
  join(place: Place, poolId: string | null): Promise<void>
}

/** Tells every one of `always`. */
export function createNotices(outbox: Outbox, always: readonly string[]): Notices {
  const put = async (destinations: Iterable<string>, cardId: string, view: View, at: number): Promise<void> => {
    for (const destination of new Set(destinations)) await outbox.put(destination, cardId, view, at)
  }
  return {
    tell: (_poolId, cardId, view, at) => put(always, cardId, view, at),
    tellAsker: (place, cardId, view, at) => put([...always, destinationOf(place)], cardId, view, at),
    join: async () => undefined,
  }
}
