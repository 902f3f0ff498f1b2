import { randomBytes, randomUUID } from 'node:crypto'
import {
  buttonsOf,
  type Block,
  type FoundButton,
  type ShownChannel,
  type ShownMessage,
  type ShownToOne,
} from './record.ts'
import { deliverByHttp, type HttpWay, type Spoil } from './signed-http.ts'
import type { Delivered } from './socket-mode.ts'
import type { ShownView, SlackState } from './state.ts'
import { APP_ID, type Person, type Workspace } from './workspace.ts'

/** Who does something, and where; the first workspace, its first person and first channel unless told. */
export interface Where {
  readonly team?: string
  readonly user?: string
  readonly channel?: string
  readonly spoil?: Spoil
  /** Delivers it under this id; twice the same is Slack trying again. */
  readonly eventId?: string
  /** It was done so long ago, s. */
  readonly agoS?: number
  /** The person is of another workspace, which shares the channel. */
  readonly home?: string
}

/** What people do in Slack; each resolves with how the bot acknowledged it. */
export interface People {
  /** `/spinup` and what follows it. */
  type(text: string, where?: Where): Promise<Delivered>
  /** Presses the button, or picks the menu's entry, of that label. */
  press(message: ShownMessage | ShownToOne, label: string, where?: Where): Promise<Delivered>
  pressHome(label: string, where?: Where): Promise<Delivered>
  /** Fills in the fields of an open form (by name) and sends it. */
  submit(modal: ShownView, values: Readonly<Record<string, string>>, where?: Where): Promise<Delivered>
  /** Writes `@Spinup` and `text`; `thread` is the message it replies to. Gives the person's message as well. */
  mention(text: string, where?: Where & { readonly thread?: ShownMessage }): Promise<Delivered & { ts: string }>
  openHome(where?: Where): Promise<Delivered>
  /** Takes the app out of a workspace: its tokens are dead, and the bot is told. */
  uninstall(team: string): Promise<Delivered>
  /** Anything else, as Slack would send it. */
  event(event: Readonly<Record<string, unknown>>, where?: Where): Promise<Delivered>
}

const COMMAND = '/spinup'

export function createPeople(state: SlackState, http: () => HttpWay | null): People {
  const send = (type: string, payload: Readonly<Record<string, unknown>>, spoil?: Spoil): Promise<Delivered> => {
    const way = http()
    return way === null ? state.socket.deliver(type, payload) : deliverByHttp(way, type, payload, spoil)
  }
  const trigger = async (workspace: Workspace, user: Person): Promise<string> => {
    const answer = await workspace.call('views.generateTriggerId', { user_id: user.id })
    const id = String(answer['trigger_id'])
    state.triggers.set(id, { team: workspace.team, user: user.id, bornAt: performance.now() })
    return id
  }
  const responseUrl = (workspace: Workspace, user: Person, channel: string, message: string | null): string => {
    const id = randomBytes(10).toString('hex')
    const entry = { team: workspace.team, channel, user: user.id, message, bornAt: Date.now(), uses: 0 }
    state.responseUrls.set(id, entry)
    return `${state.origin}/response/${id}`
  }
  const event = (inner: Readonly<Record<string, unknown>>, where: Where = {}): Promise<Delivered> => {
    const { workspace } = placeOf(state, where)
    return send(
      'events_api',
      {
        token: 'verification',
        team_id: workspace.team,
        api_app_id: APP_ID,
        type: 'event_callback',
        event_id: where.eventId ?? `Ev${randomUUID()}`,
        event_time: Math.floor(Date.now() / 1000) - (where.agoS ?? 0),
        authorizations: [{ enterprise_id: null, team_id: workspace.team, user_id: workspace.botUser, is_bot: true }],
        event: inner,
      },
      where.spoil,
    )
  }
  const interaction = async (
    workspace: Workspace,
    user: Person,
    home = workspace.team,
  ): Promise<Readonly<Record<string, unknown>>> => ({
    user: { id: user.id, username: user.name, name: user.name, team_id: home },
    api_app_id: APP_ID,
    token: 'verification',
    trigger_id: await trigger(workspace, user),
    team: { id: workspace.team, domain: workspace.name.toLowerCase() },
    enterprise: null,
    is_enterprise_install: false,
  })
  return {
    event,
    type: async (text, where = {}) => {
      const { workspace, user, channel } = placeOf(state, where)
      return send(
        'slash_commands',
        {
          token: 'verification',
          team_id: workspace.team,
          team_domain: workspace.name.toLowerCase(),
          channel_id: channel.id,
          channel_name: channel.name,
          user_id: user.id,
          user_name: user.name,
          command: COMMAND,
          text,
          api_app_id: APP_ID,
          is_enterprise_install: 'false',
          response_url: responseUrl(workspace, user, channel.id, null),
          trigger_id: await trigger(workspace, user),
        },
        where.spoil,
      )
    },
    press: async (message, label, where = {}) => {
      const shown = channelOf(state, message)
      const { workspace, user } = placeOf(state, { ...where, team: shown.team })
      const alone = 'to' in message
      const thread = alone
        ? message.thread
        : (shown.messages.find(({ replies }) => replies.includes(message))?.ts ?? null)
      const ts = alone ? '1.5' : message.ts
      const inThread = thread === null ? {} : { thread_ts: thread }
      return send(
        'interactive',
        {
          type: 'block_actions',
          ...(await interaction(workspace, user, where.home)),
          container: { type: 'message', message_ts: ts, channel_id: shown.id, is_ephemeral: alone, ...inThread },
          channel: { id: shown.id, name: shown.name },
          // Slack leaves out what it does not keep.
          ...(alone
            ? {}
            : { message: { type: 'message', ts, text: message.text, blocks: message.blocks, ...inThread } }),
          state: { values: {} },
          response_url: responseUrl(workspace, user, shown.id, alone ? null : ts),
          actions: [actionOf(message.blocks, label, where.agoS)],
        },
        where.spoil,
      )
    },
    pressHome: async (label, where = {}) => {
      const { workspace, user } = placeOf(state, where)
      const home = [...state.views.values()].findLast((view) => view.type === 'home' && view.user === user.id)
      if (home === undefined) throw new Error(`${user.name} has no home page`)
      return send(
        'interactive',
        {
          type: 'block_actions',
          ...(await interaction(workspace, user, where.home)),
          container: { type: 'view', view_id: home.id },
          view: { ...home.view, id: home.id, app_installed_team_id: workspace.team },
          actions: [actionOf(home.view.blocks, label)],
        },
        where.spoil,
      )
    },
    submit: async (modal, values, where = {}) => {
      const workspace = state.workspaces.get(modal.team)!
      const user = workspace.people.find(({ id }) => id === modal.user)!
      const delivered = await send(
        'interactive',
        {
          type: 'view_submission',
          ...(await interaction(workspace, user, where.home)),
          view: { ...modal.view, id: modal.id, state: { values: stateOf(modal.view.blocks, values) } },
          response_urls: [],
        },
        where.spoil,
      )
      settle(modal, delivered)
      return delivered
    },
    mention: async (text, where = {}) => {
      const { workspace, user, channel } = placeOf(state, where)
      const said = `<@${workspace.botUser}> ${text}`
      const thread = where.thread?.ts
      const posted = await workspace.call(
        'chat.postMessage',
        { channel: channel.id, text: said, ...(thread === undefined ? {} : { thread_ts: thread }) },
        user.name,
      )
      const ts = String(posted['ts'])
      state.record.posted(
        state.record.channel(workspace.team, channel.id, channel.name),
        {
          ts,
          user: user.id,
          text: said,
          blocks: [],
          metadata: null,
          edits: 0,
          earlier: [],
          replies: [],
          deleted: false,
          via: 'chat',
        },
        thread ?? null,
      )
      const inner = {
        type: 'app_mention',
        user: user.id,
        text: said,
        ts,
        channel: channel.id,
        event_ts: ts,
        team: where.home ?? workspace.team,
      }
      const delivered = await event(thread === undefined ? inner : { ...inner, thread_ts: thread }, where)
      return { ...delivered, ts }
    },
    openHome: async (where = {}) => {
      const { user } = placeOf(state, where)
      return event(
        { type: 'app_home_opened', user: user.id, channel: `D${user.id.slice(1)}`, tab: 'home', event_ts: '1.1' },
        where,
      )
    },
    uninstall: async (team) => {
      state.tokens.revokeTeam(team)
      return event({ type: 'app_uninstalled' }, { team })
    },
  }
}

function placeOf(
  state: SlackState,
  where: Where,
): { workspace: Workspace; user: Person; channel: Workspace['channels'][number] } {
  const workspace = where.team === undefined ? [...state.workspaces.values()][0] : state.workspaces.get(where.team)
  if (workspace === undefined) throw new Error(`there is no workspace ${where.team}`)
  const user = where.user === undefined ? workspace.people[0]! : workspace.person(where.user)
  const channel = workspace.channel(where.channel ?? 'ops')
  return { workspace, user, channel }
}

function channelOf(state: SlackState, message: ShownMessage | ShownToOne): ShownChannel {
  for (const channel of state.record.channels.values()) {
    const there =
      'to' in message ? channel.ephemerals.includes(message) : state.record.find(channel, message.ts) === message
    if (there) return channel
  }
  throw new Error('that message is in no channel')
}

function actionOf(blocks: readonly Block[], label: string, agoS = 0): Readonly<Record<string, unknown>> {
  const found = buttonsOf(blocks)
  const common = ({ block_id, action_id, type }: FoundButton): object => ({
    block_id,
    action_id,
    type,
    action_ts: (Date.now() / 1000 - agoS).toFixed(6),
  })
  const button = found.find((one) => one.type === 'button' && one.label === label)
  if (button !== undefined) return { ...common(button), value: button.value, text: { type: 'plain_text', text: label } }
  for (const menu of found) {
    const option = menu.options?.find((one) => one.label === label)
    if (option !== undefined) {
      return { ...common(menu), selected_option: { value: option.value, text: { type: 'plain_text', text: label } } }
    }
  }
  const there = found.flatMap(({ label, options = [] }) => [label, ...options.map((option) => option.label)])
  throw new Error(`there is no button “${label}”; there are: ${there.join(', ')}`)
}

/** Inputs as Slack hands them over; those that are not named keep what stands in them. */
function stateOf(blocks: readonly Block[], values: Readonly<Record<string, string>>): unknown {
  const inputs = blocks.filter((block) => block['type'] === 'input')
  const known = inputs.map((block) => (block['element'] as Readonly<Record<string, unknown>>)['action_id'])
  const strange = Object.keys(values).filter((name) => !known.includes(name))
  if (strange.length > 0) throw new Error(`the form has no field ${strange.join(', ')}; it has ${known.join(', ')}`)
  return Object.fromEntries(
    inputs.map((block) => {
      const element = block['element'] as Readonly<Record<string, unknown>>
      const name = String(element['action_id'])
      const select = element['type'] === 'static_select'
      const initial = select
        ? (element['initial_option'] as { value: string } | undefined)?.value
        : element['initial_value']
      const value = values[name] ?? initial ?? null
      return [
        block['block_id'],
        {
          [name]: select
            ? { type: 'static_select', selected_option: value === null ? null : { value } }
            : { type: 'plain_text_input', value },
        },
      ]
    }),
  )
}

/** What the acknowledgement of a submission means for the form. */
function settle(modal: ShownView, { acked, answer }: Delivered): void {
  if (!acked) return
  const action = answer?.['response_action']
  if (action === 'errors') {
    modal.errors = answer?.['errors'] as Readonly<Record<string, string>>
    return
  }
  if (action === 'update') {
    modal.view = answer?.['view'] as ShownView['view']
    return
  }
  modal.open = false
}
