import { setTimeout as pause } from 'node:timers/promises'
import { OAuth2Scopes, Routes, type Guild, type REST } from 'discord.js'
import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import type { CommandWords } from '../grammar.ts'
import { applicationCommands } from './commands.ts'
import { chatFailure, CODE, codeOf } from './failure.ts'
import { NEEDED } from './permissions.ts'

const FIRST_REST_MS = 2000
const LONGEST_REST_MS = 60_000

/** The Discord servers that the bot is in: commands are known in each, and one is the installation's own. */
export interface Guilds {
  /** Claims the installation for the first, and makes its commands known; tries again in the background. */
  met(guild: Guild): Promise<void>
  /** Whether the guild is the installation's own. */
  admitted(guildId: string): Promise<boolean>
  stop(): Promise<void>
}

export function createGuilds(options: {
  readonly rest: REST
  readonly home: { claim(team: string): Promise<string> }
  readonly commands: readonly CommandWords[]
  readonly log: Logger
}): Guilds {
  const { rest, log } = options
  const stopping = new AbortController()
  const trying = new Set<Promise<void>>()
  let home: string | null = null

  async function admitted(guildId: string): Promise<boolean> {
    home ??= await options.home.claim(guildId)
    return home === guildId
  }

  async function register(guild: Guild): Promise<boolean> {
    try {
      await rest.put(Routes.applicationGuildCommands(guild.client.application.id, guild.id), {
        body: applicationCommands(options.commands),
        signal: stopping.signal,
      })
      return true
    } catch (error) {
      if (stopping.signal.aborted) return true
      const failure = chatFailure(error)
      if (codeOf(error) === CODE.missingAccess) {
        // It hears of the guild again then.
        const invite = inviteUrl(guild.client.application.id)
        log.warn({ guild: guild.id, invite }, 'invited without commands: open this link once more')
      } else log.warn({ guild: guild.id, reason: failure.message }, 'Discord does not know the commands yet')
      return !failure.retryable
    }
  }

  async function keepTrying(guild: Guild): Promise<void> {
    for (let rest = FIRST_REST_MS; !stopping.signal.aborted; rest = Math.min(rest * 2, LONGEST_REST_MS)) {
      await pause(rest, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (await register(guild)) return
    }
  }

  return {
    admitted,
    async met(guild) {
      try {
        if (!(await admitted(guild.id))) log.warn({ guild: guild.id }, 'in a second Discord server; it is not served')
      } catch (error) {
        // It is asked again with whatever is typed there.
        log.warn({ guild: guild.id, reason: messageOf(error) }, 'not known whether a Discord server is served')
      }
      if (await register(guild)) return
      const work = keepTrying(guild).finally(() => trying.delete(work))
      trying.add(work)
    },
    async stop() {
      stopping.abort()
      await Promise.all(trying)
    },
  }
}

/** The link by which anyone who manages a Discord server invites the bot, with what it needs and nothing more. */
export function inviteUrl(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '),
    permissions: Object.values(NEEDED)
      .reduce((all, one) => all | one, 0n)
      .toString(),
  })
  return `https://discord.com/oauth2/authorize?${query.toString()}`
}
