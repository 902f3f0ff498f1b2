import { createEmulator } from 'emulate'

export interface Person {
  readonly id: string
  /** Handle, e.g. `ada`. */
  readonly name: string
  readonly realName: string
}

export interface WorkspaceWish {
  /** e.g. `T0ACME001`. */
  readonly team: string
  readonly name: string
  /** Handle → name as shown. */
  readonly people?: Readonly<Record<string, string>>
  readonly channels?: readonly string[]
  /** Channels that only invited people see. */
  readonly privateChannels?: readonly string[]
  /** Group id → handles. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
}

/** One Slack workspace: its people and channels live in an `emulate` of its own, which answers most of the Web API. */
export interface Workspace {
  readonly team: string
  readonly name: string
  readonly botUser: string
  readonly people: readonly Person[]
  readonly groups: Readonly<Record<string, readonly string[]>>
  channel(name: string): Channel
  channelById(id: string): Channel | null
  readonly channels: readonly Channel[]
  person(name: string): Person
  /** Calls `emulate` as the bot, as a person (by handle), or as the workspace's admin. */
  call(method: string, body: Readonly<Record<string, string>>, as?: string): Promise<Answer>
  /** `emulate` itself, for uploads. */
  readonly url: string
  close(): Promise<void>
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly isPrivate: boolean
  /** Whether the bot was invited. */
  invited: boolean
}

/** What a method answered; Slack's are `{ok, …}`. */
export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean }

export const APP_ID = 'A0SPINUP1'
export const BOT_ID = 'B0SPINUP1'
const BOT = 'bot'
const ADMIN = 'admin'
/** `emulate` stops a token after 5,000 calls an hour, which a storm needs more of. */
const BOT_TOKENS = 40

export async function openWorkspace(wish: WorkspaceWish): Promise<Workspace> {
  const botUser = `U0BOT${wish.team.slice(-4)}`
  const people = wish.people ?? { ada: 'Ada Lovelace', grace: 'Grace Hopper' }
  const publicNames = wish.channels ?? ['ops', 'dev']
  const privateNames = wish.privateChannels ?? []
  const tokenOf = (who: string, index = 0): string => `inner-${who}-${index}`
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: wish.name, domain: wish.name.toLowerCase() },
        users: Object.entries(people).map(([name, realName]) => ({ name, real_name: realName })),
        channels: [
          ...publicNames.map((name) => ({ name })),
          ...privateNames.map((name) => ({ name, is_private: true })),
        ],
        oauth_apps: [
          {
            app_id: APP_ID,
            client_id: 'inner',
            client_secret: 'inner',
            name: 'Spinup',
            redirect_uris: [],
            scopes: [],
            bot_id: BOT_ID,
            bot_user_id: botUser,
            bot_name: 'spinup',
          },
        ],
        tokens: [
          ...Array.from({ length: BOT_TOKENS }, (_, index) => ({
            token: tokenOf(BOT, index),
            type: 'bot',
            user_id: botUser,
            bot_id: BOT_ID,
            app_id: APP_ID,
          })),
          ...[ADMIN, ...Object.keys(people)].map((name) => ({ token: tokenOf(name), user: name, app_id: APP_ID })),
        ],
      },
    },
  })
  let turn = 0
  const call: Workspace['call'] = async (method, body, as = BOT) => {
    const token = as === BOT ? tokenOf(BOT, turn++ % BOT_TOKENS) : tokenOf(as)
    const response = await fetch(`${emulator.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(body),
      signal: AbortSignal.timeout(60_000),
    })
    // The stand-in's own answers: always JSON, with `ok`.
    return (await response.json()) as Answer
  }
  const listed = (await call('users.list', {}))['members'] as readonly { id: string; name: string; real_name: string }[]
  const found = (await call('conversations.list', { types: 'public_channel,private_channel' }, ADMIN))[
    'channels'
  ] as readonly { id: string; name: string; is_private: boolean }[]
  const channels = found.map(({ id, name, is_private: isPrivate }) => ({ id, name, isPrivate, invited: true }))
  for (const { id } of channels.filter(({ isPrivate }) => isPrivate)) {
    await call('conversations.invite', { channel: id, users: botUser }, ADMIN)
  }
  const members = listed.map(({ id, name, real_name: realName }) => ({ id, name, realName }))
  return {
    team: wish.team,
    name: wish.name,
    botUser,
    people: members.filter(({ name }) => name in people),
    groups: wish.groups ?? {},
    channels,
    channel: (name) => pick(channels, (channel) => channel.name === name, `channel ${name}`),
    channelById: (id) => channels.find((channel) => channel.id === id) ?? null,
    person: (name) => pick(members, (person) => person.name === name, `person ${name}`),
    call,
    url: emulator.url,
    close: () => emulator.close(),
  }
}

function pick<T>(all: readonly T[], fits: (one: T) => boolean, what: string): T {
  const one = all.find(fits)
  if (one === undefined) throw new Error(`the workspace has no ${what}`)
  return one
}
