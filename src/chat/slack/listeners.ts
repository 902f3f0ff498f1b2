import type { App, BlockAction, RespondFn } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { ChatHandlers } from '../chat.ts'
import type { Answers, Respond, Way } from './answers.ts'
import { chatFailure, errorView } from './failure.ts'
import { inputErrors, openForm, readOrigin } from './forms.ts'
import type { HomePages } from './home-pages.ts'
import type { Lateness } from './lateness.ts'
import { plainWords, unescaped, wordsToUs } from './mention.ts'
import type { SlackOptions } from './options.ts'
import { originOf } from './origin.ts'
import type { Doer, People } from './people.ts'
import { FORM_ID, readSubmission } from './render/modal.ts'
import type { Teams } from './teams.ts'
import { within } from './network.ts'

/** A form's answer is shown in the form when it comes as soon as this; Slack waits three seconds. */
const IN_FORM_MS = 2000

/** Everything people can do, turned into calls of the handlers; each is acknowledged first and worked on afterwards. */
export function listen(
  app: App,
  parts: {
    readonly handlers: () => ChatHandlers
    readonly teams: Teams
    readonly people: People
    readonly answers: Answers
    readonly homePages: HomePages
    readonly respondTo: (url: string) => Respond
    readonly seenEvents: SlackOptions['seenEvents']
    readonly manners: SlackOptions['manners']
    readonly lateness: Lateness
    readonly moved: SlackOptions['moved']
    readonly now: () => number
    readonly log: Logger
  },
): void {
  const { handlers, teams, people, answers, homePages, respondTo, seenEvents, manners, lateness, moved, now, log } =
    parts
  /** Whatever goes wrong is reported to the person who waits for it: nothing that people do is silently ignored. */
  const attempt = async (way: Way, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const failure = chatFailure(error, 'do that')
      log.warn({ team: way.team, reason: failure.message, at: frameOf(error) }, 'something asked in Slack failed')
      await answers.give(way, [errorView(failure)], { inChannel: false })
    }
  }

  /** Throws what is late, where it may change something. */
  const inTime = (text: string, late: SpinupError | null): void => {
    if (late !== null && manners(text).changes) throw late
  }

  app.command(/^\/./, async ({ command, ack, respond, context }) => {
    const late = lateness.of('line', context['sentAt'])
    await ack()
    const { user_id: user, user_name: name, channel_id: channel } = command
    const origin = originOf(command)
    const { team } = origin
    const text = plainWords(command.text)
    const way: Way = { team, user, channel, thread: null, respond }
    await attempt(way, async () => {
      inTime(text, late)
      const asker = await people.asker({ origin, user, name, channel }, { roles: manners(text).guarded })
      await answers.give(way, await handlers().command({ text, asker }), { inChannel: true })
    })
  })

  app.event('app_mention', async ({ event, body }) => {
    // Edited by the person, or by another app.
    if ('edited' in event || event.user === undefined || 'bot_id' in event) return
    const { channel, user } = event
    const origin = originOf(body)
    const { team } = origin
    const beginsThread = event.thread_ts === undefined
    const way: Way = { team, user, channel, thread: event.thread_ts ?? event.ts, beginsThread, respond: null }
    await attempt(way, async () => {
      const text = wordsToUs(event.text, botUserOf(body))
      // Slack says an event again whose acknowledgement it missed, and perhaps to another bot.
      if (!(await seenEvents.first(body.event_id, manners(text).changes))) return
      inTime(text, lateness.of('event', body.event_time))
      const asker = await people.asker({ origin, user, name: null, channel }, { roles: manners(text).guarded })
      await answers.give(way, await handlers().command({ text, asker }), { inChannel: true })
    })
  })

  app.action({ type: 'block_actions' }, async ({ body, ack, respond }) => {
    const late = lateness.of('press', Reflect.get(body.actions[0] ?? {}, 'action_ts'))
    await ack()
    const action = pressedOf(body)
    if (action === null) return
    const { way, doer } = wayOf(body, respond)
    await attempt(way, async () => {
      if (action.startsWith('ask:')) return askFirst(body, action, way, doer)
      inTime(action, late)
      const asker = await people.asker(doer, { roles: manners(action).guarded })
      await answers.give(way, await handlers().action({ action, asker }), { inChannel: action.startsWith('run:') })
      if (way.channel === null) await homePages.show(doer)
    })
  })

  /** A button that opens a form: nothing slow may come before the form does. */
  async function askFirst(body: BlockAction, action: string, way: Way, doer: Doer): Promise<void> {
    const client = await teams.client(doer.origin.team)
    const asker = await people.asker(doer, { quick: true })
    const origin = { action, channel: way.channel, thread: way.thread, responseUrl: body.response_url || null }
    const result = await openForm(client, body.trigger_id, origin, handlers().form({ action, asker }), now)
    if (result === 'opened') return
    const late = new SpinupError('timeout', 'That took me too long, and Slack no longer opens the form. Press again.')
    await answers.give(way, result === 'late' ? [errorView(late)] : result, { inChannel: false })
  }

  app.view(FORM_ID, async ({ ack, body, view, context }) => {
    const late = lateness.of('line', context['sentAt'])
    const form = readOrigin(view.private_metadata)
    const origin = originOf(body)
    const { team } = origin
    const user = body.user.id
    const channel = form?.channel ?? null
    const respond = form === null || form.responseUrl === null ? null : respondTo(form.responseUrl)
    const way: Way = { team, user, channel, thread: form?.thread ?? null, respond }
    if (form === null) {
      await ack()
      await answers.give(way, [errorView(oldForm())], { inChannel: false })
      return
    }
    const { action } = form
    if (late !== null) {
      await ack()
      return answers.give(way, [errorView(late)], { inChannel: false })
    }
    const values = readSubmission(view.state.values)
    const doer: Doer = { origin, user, name: body.user.name, channel: channel ?? user }
    const work = people
      .asker(doer, { roles: manners(action).guarded })
      .then((asker) => handlers().action({ action, asker, values }))
    // A failure is dealt with below, after the acknowledgement.
    const early = await within(
      IN_FORM_MS,
      work.catch(() => null),
    )
    const wrong = early === null ? null : inputErrors(early, view.blocks)
    if (wrong !== null) return ack({ response_action: 'errors', errors: wrong })
    await ack()
    await attempt(way, async () => {
      await answers.give(way, await work, { inChannel: !manners(action).forOne })
      if (channel === null) await homePages.show(doer)
    })
  })

  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    await homePages.show({ origin: originOf(body), user: event.user, name: null, channel: event.user })
  })

  app.event('channel_id_changed', async ({ event, body }) => {
    const { team } = originOf(body)
    await moved(`${team}/${event.old_channel_id}`, `${team}/${event.new_channel_id}`)
  })

  app.event('app_uninstalled', async ({ body }) => teams.forgetIfDead(originOf(body).team))

  app.event('tokens_revoked', async ({ event, body }) => {
    if ((event.tokens.bot ?? []).length > 0) await teams.forgetIfDead(originOf(body).team)
  })

  app.error(async (error) => {
    const original = 'original' in error && error.original instanceof Error ? error.original : error
    log.error(
      { reason: chatFailure(original, 'serve somebody').message, at: frameOf(original) },
      'a listener for Slack failed',
    )
  })
}

function oldForm(): SpinupError {
  return new SpinupError('conflict', 'That form is of an older Spinup; nothing was changed. Press again.')
}

/** Which action was meant: a button's value, or the chosen entry of a menu; null: a link, say. */
function pressedOf(body: BlockAction): string | null {
  const [element] = body.actions
  if (element === undefined) return null
  const value =
    'value' in element ? element.value : 'selected_option' in element ? element.selected_option?.value : undefined
  return typeof value === 'string' && value !== '' ? unescaped(value) : null
}

function wayOf(body: BlockAction, respond: RespondFn): { readonly way: Way; readonly doer: Doer } {
  const origin = originOf(body)
  const { team } = origin
  const user = body.user.id
  const channel = body.channel?.id ?? null
  // What one person alone sees comes without its message.
  const { thread_ts: thread, message_ts: message } = (body.container ?? {}) as Record<string, unknown>
  return {
    way: {
      team,
      user,
      channel,
      // The parent of a thread names itself; its answers belong beside it.
      thread: typeof thread === 'string' && thread !== message ? thread : null,
      respond: body.response_url ? respond : null,
    },
    doer: { origin, user, name: body.user.name ?? body.user.username ?? null, channel: channel ?? user },
  }
}

interface Envelope {
  readonly authorizations?: readonly { readonly user_id?: string }[]
}

/** As whom we are there; null: Slack does not say. */
function botUserOf({ authorizations }: Envelope): string | null {
  return authorizations?.[0]?.user_id ?? null
}

/** Where in our code it was, without the error's other fields. */
function frameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return (
    (error.stack ?? '')
      .split('\n')
      .find((line) => line.includes('/src/'))
      ?.trim() ?? error.name
  )
}
