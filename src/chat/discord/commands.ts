import { createHash } from 'node:crypto'
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  GuildMember,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  type BaseInteraction,
  type CommandInteractionOption,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import { commandCalled, composeLine, optionsOf, type CommandWords, type Option } from '../grammar.ts'
import type { Asker } from '../../core/model/platforms.ts'
import { clip } from '../../core/model/letters.ts'

const LONGEST = 100
const MOST_PARTS = 25

/**
 * `/spinup` as Discord shows it: every command is a sub-command, the grouped ones one level down. Where
 * Discord has no room for another one on the first level, the last of them join the group.
 */
export function applicationCommands(
  commands: readonly CommandWords[],
): readonly RESTPostAPIChatInputApplicationCommandsJSONBody[] {
  const direct = commands.filter(({ group }) => group === undefined)
  const shown = direct.slice(0, MOST_PARTS - 1)
  const fleet = [...commands.filter(({ group }) => group === 'fleet'), ...direct.slice(MOST_PARTS - 1)]
  return [
    {
      type: ApplicationCommandType.ChatInput,
      name: 'spinup',
      description: 'Your droplets: how they are, more of them, fewer, and why',
      options: [
        ...shown.map(subCommand),
        {
          type: ApplicationCommandOptionType.SubcommandGroup as const,
          name: 'fleet',
          description: 'Single droplets, snapshots, and the end',
          options: fleet.map(subCommand),
        },
      ],
    },
  ]
}

function subCommand(command: CommandWords): APIApplicationCommandSubcommandOption {
  const { name, summary } = command
  // Discord wants those that are required first, whatever their order in the line.
  const options = optionsOf(command).toSorted((a, b) => Number(b.required ?? false) - Number(a.required ?? false))
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    description: short(summary),
    options: options.map(namedOption),
  }
}

function namedOption({
  name,
  summary,
  kind,
  required = false,
  choices,
  offers,
}: Option): APIApplicationCommandBasicOption {
  const about = { name, description: short(summary), required }
  if (kind === 'count') return { ...about, type: ApplicationCommandOptionType.Integer, min_value: 1, max_value: 9999 }
  const text = { ...about, type: ApplicationCommandOptionType.String as const }
  if (choices !== undefined) return { ...text, choices: choices.map((value) => ({ name: value, value })) }
  return offers === undefined ? { ...text, max_length: 1000 } : { ...text, autocomplete: true }
}

/** Without the last of its clauses, where Discord has no room for them. */
function short(text: string): string {
  if (text.length <= LONGEST) return text
  const clauses = /^.{30,}(?=[;:,])/.exec(text.slice(0, LONGEST + 1))?.[0]
  return clauses ?? clip(text, LONGEST)
}

/** What was filled in, as the line it stands for; `command` is null for one that is not known any more. */
export function lineOf(
  commands: readonly CommandWords[],
  data: readonly CommandInteractionOption[],
): { readonly command: CommandWords | null; readonly text: string } {
  const { name, values } = filledIn(data)
  const command = commandCalled(commands, name)
  return { command, text: command === null ? `/spinup ${name}` : composeLine(command, values) }
}

/** The sub-command, and its options by name. */
function filledIn(data: readonly CommandInteractionOption[]): {
  readonly name: string
  readonly values: Readonly<Record<string, string>>
} {
  const first = data[0]
  if (first?.type === ApplicationCommandOptionType.SubcommandGroup) return filledIn(first.options ?? [])
  const values = (first?.options ?? []).map(({ name, value }) => [name, String(value ?? '')] as const)
  return { name: first?.name ?? 'help', values: Object.fromEntries(values) }
}

/** Who did it, from where: people and roles as `discord:ID`, the channel as `GUILD/CHANNEL`. */
export function askerOf(interaction: BaseInteraction): Asker {
  const { member, user, guildId } = interaction
  const known = member instanceof GuildMember
  const name = (known ? member.displayName : (member?.nick ?? null)) ?? user.displayName
  const roles = known ? [...member.roles.cache.keys()] : (member?.roles ?? [])
  return {
    actor: { id: `discord:${user.id}`, name, platform: 'discord' },
    place: { platform: 'discord', channel: `${guildId ?? ''}/${channelOf(interaction)}`, tenant: null },
    // Everyone is in the role that has the guild's own id.
    roles: roles.filter((id) => id !== guildId).map((id) => `discord:${id}`),
  }
}

/** In a thread, its channel: cards and subscriptions are the channel's. A forum takes no messages, its posts do. */
function channelOf({ channel, channelId }: BaseInteraction): string {
  const inChannel = channel?.isThread() === true && channel.parent?.isThreadOnly() !== true
  return (inChannel ? channel.parentId : channelId) ?? ''
}

/** The two ids of a place's channel. */
export function placeIds(channel: string): { readonly guildId: string; readonly channelId: string } | null {
  const [, guildId, channelId] = /^(\d{5,20})\/(\d{5,20})$/.exec(channel) ?? []
  return guildId === undefined || channelId === undefined ? null : { guildId, channelId }
}

const LONGEST_ID = 100

/**
 * The custom id of the control that means `action`: the action itself where Discord takes it, else `~` and its SHA-256.
 * The sender of the message keeps what a shortened one means.
 */
export function customIdOf(action: string): string {
  if (action !== '' && action.length <= LONGEST_ID && !action.startsWith('~')) return action
  return `~${createHash('sha256').update(action).digest('base64url')}`
}

/** Whether the action has to be looked up. */
export function isShortened(customId: string): boolean {
  return customId.startsWith('~')
}
