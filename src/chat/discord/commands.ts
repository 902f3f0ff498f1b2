import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandSubcommandOption,
  type CommandInteractionOption,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import { commandCalled, composeLine, optionsOf, type CommandWords, type Option } from '../grammar.ts'

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
  return clauses ?? `${text.slice(0, LONGEST - 1).trimEnd()}…`
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
