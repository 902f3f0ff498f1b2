import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFaults, type Faults } from './faults.ts'
import { createOAuth, type AppWish, type OAuth } from './oauth.ts'
import { createPeople, type People } from './people.ts'
import { createRecord, type ShownChannel, type ShownMessage } from './record.ts'
import { respond } from './response-url.ts'
import { createSocketMode, type SocketMode } from './socket-mode.ts'
import type { HttpWay } from './signed-http.ts'
import type { Call, ShownView, SlackState, StoredFile } from './state.ts'
import { createTokens, type Token, type Tokens } from './tokens.ts'
import { bodyOf, createWebApi } from './web-api.ts'
import { openWorkspace, type Workspace, type WorkspaceWish } from './workspace.ts'

export interface SlackOptions {
  /** One workspace called Acme unless told. */
  readonly workspaces?: readonly WorkspaceWish[]
  readonly app?: AppWish
  /** Looks at a fresh file until it is ready; 1 unless told. */
  readonly fileLooks?: number
  /** Posts a channel takes; as many as come unless told. */
  readonly pace?: SlackState['pace']
}

/** A Slack of this process alone, on loopback. */
export interface FakeSlack {
  /** What `SLACK_API_URL` is. */
  readonly apiUrl: string
  /** What `SLACK_APP_TOKEN` is. */
  readonly appToken: string
  readonly people: People
  readonly faults: Faults
  readonly socket: SocketMode
  readonly oauth: OAuth
  readonly tokens: Tokens
  readonly state: SlackState
  /** A bot token of a workspace, as if it was installed by hand. */
  install(team: string, scopes?: readonly string[]): Token
  /** Goes through the bot's own install page as a browser would; the last page's status and words. */
  installByBrowser(page: string, team: string): Promise<{ readonly status: number; readonly text: string }>
  workspace(team?: string): Workspace
  /** What each channel shows, by name (`TEAM/name` where two have the same). */
  channels(): readonly ShownChannel[]
  /** What a channel of the first workspace, or of `team`, shows. */
  channel(name: string, team?: string): ShownChannel
  /** Messages of the bot in a channel that are still there. */
  cards(name: string, team?: string): readonly ShownMessage[]
  readonly calls: readonly Call[]
  readonly files: ReadonlyMap<string, StoredFile>
  /** Forms that are open, newest last. */
  modals(): readonly ShownView[]
  home(user: string, team?: string): ShownView | null
  /** Requests go here from now on, signed; `null`: through the socket again. */
  useHttp(way: HttpWay | null): void
  /** Block Kit breaches so far. */
  readonly violations: readonly string[]
  /** Rejects when something was sent that no Slack would have shown. */
  close(): Promise<void>
}

export const HOME_TEAM = 'T0ACME0001'

/** Starts it: the Web API (most of it by `emulate`), Socket Mode, clicks and commands, uploads, OAuth. */
export async function startSlack(options: SlackOptions = {}): Promise<FakeSlack> {
  const wishes = options.workspaces ?? [{ team: HOME_TEAM, name: 'Acme' }]
  const opened = await Promise.all(wishes.map(openWorkspace))
  const state: SlackState = {
    workspaces: new Map(opened.map((workspace) => [workspace.team, workspace])),
    tokens: createTokens(),
    record: createRecord(),
    faults: createFaults(),
    socket: createSocketMode(),
    files: new Map(),
    views: new Map(),
    responseUrls: new Map(),
    triggers: new Map(),
    calls: [],
    violations: [],
    triggerMs: 3000,
    fileLooks: options.fileLooks ?? 1,
    pace: options.pace ?? null,
    clockAheadMs: 0,
    origin: '',
  }
  const oauth = createOAuth(
    state,
    options.app ?? { clientId: '11.22', clientSecret: 'client-secret-of-spinup', rotation: false },
  )
  const webApi = createWebApi(state, oauth)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://slack')
    const [, room = '', ...rest] = pathname.split('/')
    response.setHeader('date', new Date(Date.now() + state.clockAheadMs).toUTCString())
    const answer = async (): Promise<void> => {
      if (room === 'api') return webApi(rest.join('/'), request, response)
      if (room === 'upload') return upload(state, rest[1] ?? '', request, response)
      if (room !== 'response') return void response.writeHead(404).end()
      const body = JSON.parse((await bodyOf(request)).toString('utf8')) as unknown
      const fault = state.faults.take('response_url', null)
      if (fault?.kind === 'cut') return void request.socket.destroy()
      if (fault !== null) return void response.writeHead(fault.kind === 'rateLimit' ? 429 : 503).end()
      const status = await respond(state, state.responseUrls.get(rest[0] ?? ''), body)
      response.writeHead(status).end(status === 200 ? 'ok' : '{"ok":false,"error":"used_url"}')
    }
    answer().catch((error: unknown) => {
      state.violations.push(`the stand-in failed: ${String(error)}`)
      response.destroy()
    })
  })
  server.on('upgrade', (request, stream) => state.socket.upgrade(request, stream))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  let http: HttpWay | null = null
  const workspace = (team?: string): Workspace => {
    const found = team === undefined ? opened[0] : state.workspaces.get(team)
    if (found === undefined) throw new Error(`there is no workspace ${team}`)
    return found
  }
  const channel = (name: string, team?: string): ShownChannel => {
    const at = workspace(team)
    const direct = name.startsWith('@')
    const shown = [...state.record.channels.values()].find((one) => one.team === at.team && one.name === name)
    return shown ?? state.record.channel(at.team, direct ? name : at.channel(name).id, name)
  }
  return {
    apiUrl: `${state.origin}/api`,
    appToken: state.tokens.issue('app', '').text,
    people: createPeople(state, () => http),
    faults: state.faults,
    socket: state.socket,
    tokens: state.tokens,
    oauth,
    state,
    install: (team, scopes) => state.tokens.issue('bot', team, scopes),
    installByBrowser: (page, team) => browse(page, (url) => oauth.approve(url, team)),
    workspace,
    channels: () => [...state.record.channels.values()],
    channel,
    cards: (name, team) =>
      channel(name, team).messages.filter(({ user, deleted }) => user === workspace(team).botUser && !deleted),
    calls: state.calls,
    files: state.files,
    modals: () => [...state.views.values()].filter(({ type, open }) => type === 'modal' && open),
    home: (user, team) => {
      const { id } = workspace(team).person(user)
      return [...state.views.values()].findLast((view) => view.type === 'home' && view.user === id) ?? null
    },
    useHttp: (way) => void (http = way),
    violations: state.violations,
    close: async () => {
      state.socket.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await Promise.all(opened.map((one) => one.close()))
      if (state.violations.length > 0)
        throw new Error(`Slack would not have shown this: ${state.violations.join('\n')}`)
    },
  }
}

async function upload(
  state: SlackState,
  id: string,
  request: Parameters<typeof bodyOf>[0],
  response: import('node:http').ServerResponse,
): Promise<void> {
  const bytes = await bodyOf(request)
  const fault = state.faults.take('upload', null)
  if (fault !== null) return void response.writeHead(fault.kind === 'rateLimit' ? 429 : 503).end()
  const file = state.files.get(id)
  const workspace = state.workspaces.get(file?.team ?? '')
  if (file === undefined || workspace === undefined) return void response.writeHead(404).end()
  file.bytes = bytes
  const answer = await fetch(`${workspace.url}/upload/v1/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  })
  response.writeHead(answer.status).end(`OK - ${bytes.length}`)
}

/** The install page, the yes at Slack, and the way back, with the cookie a browser keeps. */
async function browse(
  page: string,
  approve: (authorizeUrl: string) => string,
): Promise<{ readonly status: number; readonly text: string }> {
  const first = await fetch(page, { redirect: 'manual' })
  const text = await first.text()
  const link = first.headers.get('location') ?? /href="([^"]+authorize[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  if (link === undefined)
    throw new Error(`the install page (${first.status}) has no way to Slack: ${text.slice(0, 300)}`)
  const cookie = (first.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  const last = await fetch(approve(link), { headers: { cookie } })
  return { status: last.status, text: await last.text() }
}
