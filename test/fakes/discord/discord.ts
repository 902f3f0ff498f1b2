import type { AddressInfo } from 'node:net'
import { checkDiscordMessage, type CheckedMessage } from '../../../src/chat/discord/limits.ts'
import { createDiscordContract } from './contract.ts'
import type { Faults } from './faults.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { createInteractions } from './interactions.ts'
import { createMessages } from './messages.ts'
import { createPeople, type People } from './people.ts'
import { presentChannel, presentGuild } from './present.ts'
import type { Pace } from './rate-limit.ts'
import { V2, type ChannelRecord, type JsonObject } from './records.ts'
import { routesOf } from './routes.ts'
import { createRest, type Exchange } from './server.ts'
import { showChannels, type ShownChannel } from './shown.ts'
import { createWorld, newToken, type GuildSpec } from './world.ts'

export interface DiscordOptions {
  /** One team with one channel unless told: `team` with `ops`. */
  readonly guilds?: readonly GuildSpec[]
  readonly heartbeatMs?: number
  /** How fast a bucket is; generous unless told (`REAL_PACE`). */
  readonly pace?: Pace
  /** An interaction is lost after so long without an answer; Discord's 3 s unless told. */
  readonly callbackMs?: number
  /** How long an interaction's token is good; Discord's 15 min unless told. */
  readonly tokenMs?: number
  /** A person's patience with an answer that was promised. */
  readonly answerMs?: number
  readonly clockAheadMs?: number
  readonly port?: number
}

export interface FakeDiscord extends People {
  /** For `DISCORD_API_URL`. */
  readonly url: string
  readonly token: string
  readonly applicationId: string
  readonly faults: Faults
  readonly gateway: Gateway
  addGuild(spec: GuildSpec): void
  /** Removes the bot from a guild. */
  kick(guild: string): void
  /** Invites it again. */
  invite(guild: string): void
  /** As a place has it: `GUILD/CHANNEL`. */
  place(guild: string, channel: string): string
  channelOf(guild: string, channel: string): ChannelRecord
  /** The roles of a guild by name, as ids. */
  role(guild: string, name: string): string
  userId(name: string): string
  channels(): readonly ShownChannel[]
  /** What one channel shows. */
  channel(guild: string, channel: string): ShownChannel
  /** Archives every thread, as Discord does after some quiet days. */
  archiveThreads(): void
  /** Someone else deletes a message. */
  deleteMessage(id: string): void
  commands(guild: string): readonly JsonObject[]
  exchanges(): readonly Exchange[]
  /** Requests that came faster than a bucket allows. */
  refused(): number
  /** The official document is at hand. */
  readonly documented: boolean
  /** What Discord would not have taken, or what it would not have answered; a test that leaves any has failed. */
  violations(): readonly string[]
  stop(): Promise<void>
}

const GENEROUS: Pace = { requests: 1000, perMs: 1000 }

/** Discord as a bot sees it: REST v10 and the gateway on one port of this machine, held against the official document. */
export async function startDiscord(options: DiscordOptions = {}): Promise<FakeDiscord> {
  const token = newToken()
  const world = createWorld(token, Date.now)
  const violations: string[] = []
  const violation = (message: string): void => void violations.push(message)
  const contract = createDiscordContract(() => undefined)
  const messages = createMessages(world, (body) => {
    // A request's body, whose shape the check itself looks into.
    return (Number(body['flags'] ?? 0) & V2) === 0 ? [] : checkDiscordMessage(body as unknown as CheckedMessage)
  })
  const interactions = createInteractions(world, messages, {
    callbackMs: options.callbackMs ?? 3000,
    tokenMs: options.tokenMs ?? 15 * 60_000,
  })
  let port = 0
  const gatewayUrl = (): string => `ws://127.0.0.1:${port}`
  // Routes and gateway need each other; no request comes before both are there.
  let gateway: Gateway | null = null
  const routes = routesOf({
    world,
    messages,
    interactions,
    gatewayUrl,
    threadMade: (thread) => gateway?.dispatch('THREAD_CREATE', presentChannel(thread, world)),
  })
  const rest = createRest({
    routes: () => routes,
    token,
    pace: options.pace ?? GENEROUS,
    now: Date.now,
    clockAheadMs: options.clockAheadMs ?? 0,
    violation,
    onExchange: (exchange) => {
      // Nobody documents that a server may be down.
      const documented = (exchange.status ?? 0) >= 500 ? { ...exchange, status: null } : exchange
      for (const { side, method, path, message } of contract?.check(documented) ?? []) {
        violation(`${side} of ${method} ${path}: ${message}`)
      }
    },
  })
  const started = startGateway(rest.server, world, {
    heartbeatMs: options.heartbeatMs ?? 41_250,
    url: gatewayUrl,
    violation,
  })
  gateway = started
  for (const spec of options.guilds ?? [{ name: 'team', channels: ['ops'] }]) world.addGuild(spec)
  await new Promise<void>((resolve, reject) => {
    rest.server.once('error', reject)
    rest.server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  // A server that listens on TCP has such an address.
  port = (rest.server.address() as AddressInfo).port
  const nameOf = (id: string): string => world.nameOf(id)

  return {
    url: `http://127.0.0.1:${port}/api`,
    token,
    applicationId: world.bot.id,
    documented: contract !== null,
    faults: rest.faults,
    gateway: started,
    ...createPeople(world, interactions, started, options.answerMs ?? 90_000),
    addGuild: (spec) => void started.dispatch('GUILD_CREATE', presentGuild(world.addGuild(spec), world)),
    kick(name) {
      const guild = world.guild(name)
      Object.assign(guild, { left: true, commands: [] })
      started.dispatch('GUILD_DELETE', { id: guild.id })
    },
    invite(name) {
      const guild = world.guild(name)
      guild.left = false
      started.dispatch('GUILD_CREATE', presentGuild(guild, world))
    },
    place: (guild, channel) => `${world.guild(guild).id}/${world.findChannel(guild, channel).id}`,
    channelOf: (guild, channel) => world.findChannel(guild, channel),
    role(guild, name) {
      const found = world.guild(guild).roles.find((role) => role.name === name)
      if (found === undefined) throw new Error(`the guild ${guild} has no role ${name}`)
      return found.id
    },
    userId: (name) => world.user(name).id,
    channels: () => showChannels(world, nameOf),
    channel(guild, channel) {
      const { id } = world.findChannel(guild, channel)
      const found = showChannels(world, nameOf).find((one) => one.id === id)
      if (found === undefined) throw new Error(`${guild}/${channel} is a thread`)
      return found
    },
    archiveThreads() {
      for (const { channels } of world.guilds) {
        for (const channel of channels) if (channel.type === 11) channel.archived = true
      }
    },
    deleteMessage(id) {
      const message = world.messages.find((one) => one.id === id)
      if (message === undefined) throw new Error(`there is no message ${id}`)
      message.gone = true
    },
    commands: (guild) => world.guild(guild).commands,
    exchanges: () => rest.exchanges,
    refused: rest.refused,
    violations: () => violations,
    async stop() {
      interactions.stop()
      await started.stop()
      await rest.stop()
    },
  }
}
