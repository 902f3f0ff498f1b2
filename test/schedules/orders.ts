/** A droplet that a bot is about to order, and what it goes by; ms of real time. */
interface Order {
  readonly tag: string
  /** When it looked at the account, and when it asked whether it may. */
  looked: number
  asked: number
  /** Its bot was killed then: what was on its way by that time still arrives. */
  killed: number | null
}

/** An order that was sent arrives within this, ms of real time. */
const ON_ITS_WAY_MS = 100

/** What a bot's orders go by: it cannot know what changed since, unless it slept over it. */
export interface Orders {
  begin(tag: string): { asks(): void; end(): void }
  /** The bot woke: what it knew before is no excuse. */
  woke(): void
  killed(): void
  /** Those with one of these tags that may be on their way. */
  under(tags: readonly string[]): readonly Readonly<Order>[]
}

export function createOrders(): Orders {
  const orders = new Set<Order>()
  const now = (): number => performance.now()
  return {
    begin(tag) {
      const order: Order = { tag, looked: now(), asked: now(), killed: null }
      orders.add(order)
      return {
        asks: () => void (order.asked = now()),
        end() {
          if (order.killed === null) orders.delete(order)
        },
      }
    },
    woke() {
      for (const order of orders) Object.assign(order, { looked: now(), asked: now() })
    },
    killed() {
      for (const order of orders) order.killed = now()
    },
    under: (tags) =>
      [...orders].filter(
        ({ tag, killed }) => tags.includes(tag) && (killed === null || now() - killed < ON_ITS_WAY_MS),
      ),
  }
}
