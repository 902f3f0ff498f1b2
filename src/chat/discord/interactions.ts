import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  ModalSubmitInteraction,
  REST,
  StringSelectMenuInteraction,
} from 'discord.js'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { ErrorView, View } from '../../core/model/view.ts'
import { CARD_TELLS, type ChatHandlers } from '../chat.ts'
import type { ChatSurroundings } from '../entry.ts'
import type { CommandWords } from '../grammar.ts'
import { answer, LATE, NotBegun, within, type Outcome } from './answer.ts'
import { askerOf, customIdOf, isShortened, lineOf } from './commands.ts'
import { chatFailure } from './failure.ts'
import { createPermissionNotes } from './permissions.ts'
import { createPromised } from './promises.ts'
import { createResponder, type Responder } from './responder.ts'
import { unthreaded, type LongActions, type Outgoing } from './outgoing.ts'
import { readSubmission, renderForm, type Submitted } from './render/modal.ts'

export interface Interactions {
  take(interaction: Interaction): void
  /** Resolves when everything that was taken is answered. */
  settled(): Promise<void>
}

type Answered = ChatInputCommandInteraction | ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction

/** Everything people do, on its way to the handlers and back. */
export function createInteractions(options: {
  readonly rest: REST
  readonly handlers: ChatHandlers
  readonly outgoing: (view: View) => Promise<Outgoing>
  readonly longActions: LongActions
  readonly commands: readonly CommandWords[]
  /** True for the first to ask for it: two bots, or one that took its session up again, hear the same thing. */
  readonly first: ChatSurroundings['seenEvents']['first']
  /** Whether this is the installation's own guild. */
  readonly admitted: (guildId: string) => Promise<boolean>
  readonly manners: ChatSurroundings['manners']
  readonly promises: ChatSurroundings['promises']
  readonly now: () => number
  readonly log: Logger
}): Interactions {
  const { handlers, commands, log } = options
  const running = new Set<Promise<void>>()
  const permissions = createPermissionNotes()
  const promised = createPromised({
    ...options,
    responder: (question) => createResponder(options.rest, question, log),
  })

  async function drawn(views: readonly View[]): Promise<Outcome> {
    const messages = await Promise.all((views.length === 0 ? [CARD_TELLS] : views).map(options.outgoing))
    return { kind: 'messages', messages: messages.flatMap(unthreaded) }
  }

  async function actionOf(
    interaction: ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction,
  ): Promise<string | null> {
    const id = interaction.isStringSelectMenu() ? (interaction.values[0] ?? '') : interaction.customId
    return isShortened(id) ? options.longActions.get(id) : id
  }

  async function outcome(interaction: Answered, first: Promise<boolean>): Promise<Outcome> {
    if (!(await first)) return { kind: 'silence' }
    if (interaction.guildId === null || !(await options.admitted(interaction.guildId))) return drawn([NOT_ADMITTED])
    const asker = askerOf(interaction)
    if (interaction.isChatInputCommand()) {
      return drawn(await handlers.command({ text: lineOf(commands, interaction.options.data).text, asker }))
    }
    const action = await actionOf(interaction)
    if (action === null) return drawn([FORGOTTEN])
    if (interaction.isModalSubmit()) {
      return drawn(await handlers.action({ action, asker, values: readSubmission(submitted(interaction)) }))
    }
    if (!action.startsWith('ask:')) return drawn(await handlers.action({ action, asker }))
    const form = await handlers.form({ action, asker })
    if (!('fields' in form)) return drawn(form)
    const customId = customIdOf(action)
    if (isShortened(customId)) await options.longActions.keep(new Map([[customId, action]]))
    return { kind: 'modal', modal: renderForm(form, customId) }
  }

  async function offer(responder: Responder, interaction: AutocompleteInteraction): Promise<void> {
    const { command } = lineOf(commands, interaction.options.data)
    const { name, value } = interaction.options.getFocused(true)
    const admitted = interaction.guildId !== null && (await options.admitted(interaction.guildId))
    const offered =
      command === null || !admitted
        ? []
        : await handlers.offers?.(
            command.name,
            name,
            String(value),
            askerOf(interaction),
            interaction.options.getString('pool'),
          )
    await responder.offer(
      (offered ?? []).filter((text) => text.length > 0 && text.length <= LONGEST_OFFER).slice(0, MOST_OFFERS),
    )
  }

  async function handle(interaction: Interaction): Promise<void> {
    const responder = createResponder(options.rest, interaction, options.log)
    if (interaction.isAutocomplete()) return offer(responder, interaction)
    if (!isAnswered(interaction)) return
    const words = wordsOf(commands, interaction)
    const modal = opensForm(interaction)
    const manners = options.manners(words)
    const changes = !modal && manners.changes
    const first = options.first(interaction.id, changes)
    // The second one keeps away: a promise of its own would be in the way of the first one's answer.
    if ((await within(first, CLAIM_MS).catch(() => LATE)) === false) return
    const work = (): Promise<Outcome> =>
      outcome(interaction, first).catch((error: unknown): Promise<Outcome> => {
        log.error({ reason: messageOf(error) }, 'an interaction failed')
        return drawn([failureView(error)])
      })
    // Who will probably see it; that is known only when it is there.
    const audience = manners.forOne ? 'person' : 'channel'
    try {
      const tooLate = (): Promise<Outgoing> => options.outgoing(TOO_LATE)
      const answering = (): Promise<void> => answer(responder, work, { audience, modal, changes, tooLate })
      await (changes ? promised.during(interaction, answering) : answering())
    } catch (error) {
      const what = `@${interaction.user.username}, ${called(interaction, words)}`
      const said = error instanceof NotBegun ? notBegun(what, error) : unanswered(what, error, changes)
      log.warn({ reason: said.message }, 'an answer did not reach Discord')
      if (interaction.channelId === null) return
      return responder.post(interaction.channelId, await options.outgoing(said))
    }
    const missing = permissions.due(interaction)
    if (missing !== null) await responder.add(await options.outgoing(missing))
  }

  return {
    take(interaction) {
      const work = handle(interaction)
        .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'an answer did not reach Discord'))
        .finally(() => running.delete(work))
      running.add(work)
    },
    settled: async () => {
      promised.stop()
      await Promise.all(running)
    },
  }
}

/** The fields of a modal that Spinup has: texts and selects. */
function submitted({ fields }: ModalSubmitInteraction): readonly Submitted[] {
  return [...fields.fields.values()].map((field) => {
    const { customId } = field
    if ('values' in field) return { component: { customId, values: field.values } }
    return {
      component: { customId, ...('value' in field && typeof field.value === 'string' ? { value: field.value } : {}) },
    }
  })
}

/** So long it is waited for whether another bot answers, ms; of Discord’s 3 s enough is left. */
const CLAIM_MS = 1000
const MOST_OFFERS = 25
const LONGEST_OFFER = 100

/** What it stands for, as it is typed or as a button has it; one that is shortened stands for anything. */
function wordsOf(commands: readonly CommandWords[], interaction: Answered): string {
  if (interaction.isChatInputCommand()) return lineOf(commands, interaction.options.data).text
  return interaction.isModalSubmit() ? interaction.customId : chosen(interaction)
}

/** As people know what they did. */
function called(interaction: Answered, words: string): string {
  if (interaction.isChatInputCommand()) return `“${words}”`
  return interaction.isModalSubmit() ? 'your form' : 'the button you pressed'
}

function notBegun(what: string, { message }: Error): ErrorView {
  return errorView('timeout', `${what}: nothing was done. ${message} Try again.`)
}

function unanswered(what: string, error: unknown, changes: boolean): ErrorView {
  const next = changes ? 'It was done, unless a card says otherwise: see /spinup history.' : 'Ask again.'
  return errorView('chatFailed', `${what}: my answer did not reach you. ${chatFailure(error).message} ${next}`)
}

function isAnswered(interaction: Interaction): interaction is Answered {
  return (
    interaction.isChatInputCommand() ||
    interaction.isButton() ||
    interaction.isStringSelectMenu() ||
    interaction.isModalSubmit()
  )
}

function opensForm(interaction: Answered): boolean {
  return interaction.isMessageComponent() && chosen(interaction).startsWith('ask:')
}

function chosen(interaction: ButtonInteraction | StringSelectMenuInteraction): string {
  return interaction.isStringSelectMenu() ? (interaction.values[0] ?? '') : interaction.customId
}

function errorView(code: string, message: string): ErrorView {
  return { kind: 'error', code, message, suggestion: null, example: null }
}

const NOT_ADMITTED = errorView(
  'unauthorised',
  'This Spinup belongs to another Discord server and answers nobody here; nothing was done. The person who runs it can remove it from this one.',
)
const FORGOTTEN = errorView('notFound', 'That button is too old: its action is no longer kept. Nothing was done.')
const TOO_LATE = errorView('timeout', 'That took too long, and nothing was done. Press it once more.')

function failureView(error: unknown): ErrorView {
  return error instanceof SpinupError
    ? errorView(error.code, error.message)
    : errorView('internal', 'Something went wrong on my side; the log says more. Try again.')
}
