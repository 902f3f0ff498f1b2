import type { ShownCard } from '../../../src/chat/chat.ts'
import { startDelivery } from '../../../src/notify/delivery/start.ts'
import { connectRedis } from '../../../src/store/connection.ts'
import { createOutbox } from '../../../src/store/outbox.ts'
import { createShown } from '../../../src/store/chat-places.ts'
import { quiet } from '../../redis.ts'
import { createHttpChat } from './destination.ts'

// A process that does nothing but deliver: `deliverer.ts REDIS_SOCKET DESTINATION_URL [sent|kept]`. With a point named it
// stops for ever when it has got there with a card, and says so, to be killed.
const [path = '', url = '', stopAt] = process.argv.slice(2)
const redis = connectRedis({ path }, { name: 'deliverer', log: quiet })
const paused = async (point: 'sent' | 'kept'): Promise<void> => {
  if (point !== stopAt) return
  process.send?.(point)
  await new Promise(() => undefined)
}
startDelivery({
  outbox: createOutbox(redis),
  chats: [createHttpChat({ platform: 'http', url, shown: createShown<ShownCard>(redis, 'http'), paused })],
  complaints: {
    cardRefused: async () => undefined,
    destinationRefused: async () => undefined,
    arrived: async () => undefined,
  },
  log: quiet,
})
