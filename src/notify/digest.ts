import { destinationOf } from '../core/model/place.ts'
import type { DigestView } from '../core/model/view.ts'
import type { Digest, HeldCards } from '../store/held.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Subscription } from '../core/model/subscription.ts'
import { sparedSince } from '../core/notify/channel.ts'

/**
 * Makes the digest of a channel that is spared no longer, and shows those whose cards have moved on since. Two bots that do
 * so at once, or one that dies in between, make the same: what is due stays due until it was put as it is.
 */
export async function showDigests(
  { outbox, held }: { readonly outbox: Outbox; readonly held: HeldCards },
  channel: Subscription,
  now: number,
): Promise<void> {
  const destination = destinationOf(channel.place)
  if (sparedSince(channel, now) === null && (await held.waiting(destination))) await held.close(destination, now)
  for (const [digestId, mark] of await held.due(destination)) {
    await show(outbox, held, destination, digestId)
    await held.shown(destination, digestId, mark)
  }
}

async function show(outbox: Outbox, held: HeldCards, destination: string, digestId: string): Promise<void> {
  for (let before = ''; ;) {
    const digest = await held.digest(destination, digestId)
    const now = digest === null ? '' : JSON.stringify(digestView(digest))
    // Looked at once more after it was put: another bot may have put a newer one in between, and this overwrote it.
    if (digest === null || now === before) return
    await outbox.put(destination, digestId, digestView(digest), digest.toAt)
    before = now
  }
}

function digestView({ fromAt, toAt, cards }: Digest): DigestView {
  return {
    kind: 'digest',
    fromAt,
    toAt,
    entries: [...cards.values()].toSorted((a, b) => a.at - b.at),
    actions: [{ action: 'run:/spinup status', label: 'Status', style: 'primary' }],
  }
}
