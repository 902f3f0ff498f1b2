import { Routes, type REST } from 'discord.js'
import type { CheckLine } from '../../core/model/view.ts'
import type { CommandWords } from '../grammar.ts'
import { applicationCommands, placeIds } from './commands.ts'
import { chatFailure } from './failure.ts'
import type { Gateway } from './gateway.ts'
import { inviteUrl } from './guilds.ts'
import { lacking } from './permissions.ts'

const DEADLINE_MS = 5000
const MOST_SKEW_MS = 5000

/** Checks token, gateway, channel, commands and clock, each for itself; never throws. */
export async function checkUp(
  {
    rest,
    gateway,
    commands,
    now,
  }: {
    readonly rest: REST
    readonly gateway: Gateway | null
    readonly commands: readonly CommandWords[]
    readonly now: () => number
  },
  channel: string | null,
): Promise<readonly CheckLine[]> {
  return Promise.all([
    checked('Discord token', async () => {
      const me = await get(rest, Routes.user())
      return ok('Discord token', `Discord knows me as ${String(Reflect.get(Object(me), 'username'))}.`)
    }),
    checkGateway(gateway),
    checked('Discord channel', async () => checkChannel(rest, gateway, channel)),
    checked('Discord commands', async () => checkCommands(rest, gateway, commands, channel)),
    checked('Discord clock', async () => checkClock(rest, now)),
  ])
}

function ok(name: string, detail: string): CheckLine {
  return { name, state: 'ok', detail, fix: null }
}

function failed(name: string, detail: string, fix: string): CheckLine {
  return { name, state: 'failed', detail, fix }
}

async function checked(name: string, check: () => Promise<CheckLine>): Promise<CheckLine> {
  try {
    return await check()
  } catch (error) {
    const failure = chatFailure(error)
    const fix = failure.retryable
      ? 'Look at https://discordstatus.com, and whether this machine reaches discord.com.'
      : failure.message
    return failed(name, failure.message, fix)
  }
}

function get(rest: REST, route: `/${string}`): Promise<unknown> {
  return rest.get(route, { signal: AbortSignal.timeout(DEADLINE_MS) })
}

function checkGateway(gateway: Gateway | null): CheckLine {
  if (gateway?.connected() === true) return ok('Discord gateway', 'Connected; commands and buttons work.')
  return failed(
    'Discord gateway',
    'Not connected: cards are posted, but commands and buttons do not work.',
    'Let this machine open connections to gateway.discord.gg, port 443; the log says what is in the way.',
  )
}

async function checkChannel(rest: REST, gateway: Gateway | null, channel: string | null): Promise<CheckLine> {
  const name = 'Discord channel'
  const place = channel === null ? null : placeIds(channel)
  if (place === null) return { name, state: 'skipped', detail: 'Asked from outside Discord.', fix: null }
  const guild = gateway?.client.guilds.cache.get(place.guildId)
  if (gateway !== null && guild === undefined) return left(name, gateway)
  // It throws what keeps the bot out.
  await get(rest, Routes.channel(place.channelId))
  const known = guild?.channels.cache.get(place.channelId)
  const me = guild?.members.me
  if (known === undefined || me === null || me === undefined) return ok(name, 'It is there.')
  const missing = lacking(known.permissionsFor(me))
  if (missing === null) return ok(name, 'I may post, attach charts and begin threads.')
  return failed(name, missing.detail, missing.fix)
}

async function checkCommands(
  rest: REST,
  gateway: Gateway | null,
  commands: readonly CommandWords[],
  channel: string | null,
): Promise<CheckLine> {
  const name = 'Discord commands'
  const guildId = (channel === null ? null : placeIds(channel)?.guildId) ?? gateway?.client.guilds.cache.first()?.id
  if (gateway === null) return { name, state: 'skipped', detail: 'Not connected.', fix: null }
  const { client } = gateway
  if (guildId === undefined) {
    return failed(name, 'I am in no Discord server.', `Invite me: ${inviteUrl(client.application.id)}`)
  }
  if (!client.guilds.cache.has(guildId)) return left(name, gateway)
  const known = await get(rest, Routes.applicationGuildCommands(client.application.id, guildId))
  const names = Array.isArray(known) ? known.flatMap(subCommandNames) : []
  const missing = applicationCommands(commands)
    .flatMap(subCommandNames)
    .filter((one) => !names.includes(one))
  if (missing.length === 0) return ok(name, `${names.length} sub-commands of /spinup are registered.`)
  return failed(
    name,
    `Discord does not know ${missing.slice(0, 5).join(', ')}.`,
    `Invite me once more, with commands this time: ${inviteUrl(client.application.id)}`,
  )
}

function left(name: string, { client }: Gateway): CheckLine {
  return failed(name, 'I was removed from that Discord server.', `Invite me again: ${inviteUrl(client.application.id)}`)
}

/** Names of the sub-commands, those in groups too. */
function subCommandNames(command: unknown): readonly string[] {
  const options: unknown = Reflect.get(Object(command), 'options')
  return (Array.isArray(options) ? (options as readonly unknown[]) : []).flatMap((option): readonly string[] => {
    const { type, name } = Object(option) as { readonly type?: unknown; readonly name?: unknown }
    if (type === 2) return subCommandNames(option)
    return type === 1 ? [String(name)] : []
  })
}

async function checkClock(rest: REST, now: () => number): Promise<CheckLine> {
  const name = 'Discord clock'
  const before = now()
  const response = await rest.queueRequest({
    fullRoute: Routes.gatewayBot(),
    method: 'GET' as never,
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  await response.arrayBuffer()
  const theirs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(theirs)) return { name, state: 'skipped', detail: 'Discord did not say what time it is.', fix: null }
  // The header has whole seconds, and the answer was on its way.
  const skewMs = Math.max(before - theirs - 1000, theirs - now(), 0)
  if (skewMs <= MOST_SKEW_MS) return ok(name, 'It agrees with Discord’s.')
  return failed(
    name,
    `It is ${Math.round(skewMs / 1000)} s off.`,
    'Let this machine set its clock by the network: timedatectl set-ntp true.',
  )
}
