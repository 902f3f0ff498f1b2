import { SpinupError } from '../../core/model/error.ts'
import type { Chat } from '../chat.ts'
import type { ChatSurroundings } from '../entry.ts'
import { createCardUpsert } from '../upsert/card-upsert.ts'
import { createCards } from './cards.ts'
import { checkUp } from './check-up.ts'
import { connectGateway, type Gateway } from './gateway.ts'
import { createGuilds, inviteUrl, type Guilds } from './guilds.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { createOutgoing } from './outgoing.ts'
import { createRest } from './rest.ts'

/** What the environment says of Discord. */
export interface DiscordSettings {
  readonly token: string
  /** null: Discord's own. */
  readonly apiUrl: string | null
}

type DiscordOptions = DiscordSettings & Omit<ChatSurroundings, 'vault' | 'chatRoutes' | 'publicUrl'>

/** Discord: `/spinup` with its sub-commands, cards with buttons, threads with charts. A place is `GUILD/CHANNEL`. */
export function createDiscordChat(options: DiscordOptions): Chat {
  const { token, apiUrl, commands, now, log } = options
  const rest = createRest(token, apiUrl)
  const outgoing = createOutgoing(options)
  const stopping = new AbortController()
  let running: { readonly gateway: Gateway; readonly guilds: Guilds; readonly interactions: Interactions } | null = null
  let starting: Promise<void> | null = null

  async function stopRunning(): Promise<void> {
    const stopped = running
    running = null
    if (stopped === null) return
    await stopped.gateway.stop()
    await stopped.guilds.stop()
    await stopped.interactions.settled()
  }

  return {
    platform: 'discord',
    async start(handlers, ended) {
      if (stopping.signal.aborted) throw new SpinupError('chatFailed', 'Spinup is stopping.', { retryable: false })
      await stopRunning()
      const guilds = createGuilds({ rest, home: options.home, commands, log })
      const interactions = createInteractions({
        rest,
        handlers,
        outgoing,
        longActions: options.longActions,
        commands,
        first: options.seenEvents.first,
        admitted: guilds.admitted,
        manners: options.manners,
        promises: options.promises,
        now,
        log,
      })
      const work = (async () => {
        const gateway = await connectGateway({
          token,
          apiUrl,
          log,
          signal: stopping.signal,
          onInteraction: interactions.take,
          onEnd: (error) => ended?.(error),
          // While it connects every guild comes by; they are met together, the oldest first.
          onGuild: (guild) => running !== null && void guilds.met(guild),
        })
        running = { gateway, guilds, interactions }
        // The one it has been in the longest is its own, where none was before.
        const known = [...gateway.client.guilds.cache.values()].toSorted(
          (a, b) => a.joinedTimestamp - b.joinedTimestamp,
        )
        if (known.length === 0) {
          log.warn({ invite: inviteUrl(gateway.client.application.id) }, 'in no Discord server yet: open this link')
        }
        for (const guild of known) await guilds.met(guild)
      })()
      starting = work.catch(() => undefined)
      await work
    },
    show: createCardUpsert(createCards({ rest, outgoing, now }), { shown: options.shown, now, log }),
    checkUp: (channel) => checkUp({ rest, gateway: running?.gateway ?? null, commands, now }, channel),
    async stop() {
      stopping.abort()
      await starting
      await stopRunning()
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
    },
  }
}
