import type { webApi } from '@slack/bolt'
import type { CheckLine } from '../../core/model/view.ts'
import { readDestination } from './cards.ts'
import { chatFailure, errorCodeOf } from './failure.ts'
import type { SlackClock } from './network.ts'
import { OPTIONAL_SCOPES, SCOPES, type SlackOptions } from './options.ts'
import type { Pictures } from './pictures.ts'
import type { Sockets } from './sockets.ts'
import type { Teams } from './teams.ts'
import type { Web } from './web.ts'

const DEADLINE_MS = 20_000
/** Slack's signatures are good for five minutes. */
const SKEW_MS = 60_000

/** What the doctor asks of Slack; `channel` null: what needs none. Never throws. */
export async function checkUp(
  parts: {
    readonly options: SlackOptions
    readonly teams: Teams
    readonly pictures: Pictures
    readonly sockets: Sockets | null
    readonly web: Web | null
    readonly clock: SlackClock
  },
  channel: string | null,
): Promise<readonly CheckLine[]> {
  const { options, teams, pictures, sockets, web, clock } = parts
  const team = channel === null ? (await teams.own().catch(() => null))?.team : readDestination(channel).team
  const client = team === undefined ? null : await teams.client(team).catch(() => null)
  const lines: CheckLine[] = []
  if (client === null) {
    const fix = 'Check SLACK_BOT_TOKEN, or install the app: docs/slack.md says how.'
    const waiting = options.settings.botToken === null && channel === null
    lines.push({
      name: 'Slack: token',
      state: waiting ? 'skipped' : 'failed',
      detail: waiting ? 'each workspace has its own; ask in a channel of it' : 'there is no token that works',
      fix: waiting ? null : fix,
    })
  } else {
    lines.push(await inTime('Slack: permissions', () => scopes(client)))
    lines.push(
      channel === null
        ? line('Slack: posting', 'skipped', 'ask in the channel that it is about')
        : await inTime('Slack: posting', () => posting(client, readDestination(channel).channel)),
      await inTime('Slack: charts', () => uploading(client, pictures)),
    )
  }
  lines.push(hearing(sockets, web, options.now()), clockLine(clock.aheadMs))
  return lines
}

/** What the token may do, by the header that comes with every answer. */
async function scopes(client: webApi.WebClient): Promise<CheckLine> {
  const name = 'Slack: permissions'
  const { team, response_metadata: more } = await client.auth.test()
  const granted = more?.scopes ?? []
  const missing = SCOPES.filter((scope) => !granted.includes(scope.name))
  const unused = OPTIONAL_SCOPES.filter((scope) => !granted.includes(scope.name))
  if (missing.length > 0) {
    const list = missing.map((scope) => `${scope.name} (${scope.why})`).join(', ')
    const fix = 'Add them under “OAuth & Permissions”, or paste manifests/slack.yaml again, and install the app again.'
    return { name, state: 'failed', detail: `missing: ${list}`, fix }
  }
  const without =
    unused.length === 0 ? '' : `; optional and not granted: ${unused.map((scope) => scope.name).join(', ')}`
  return line(name, 'ok', `all that is needed in ${team ?? 'the workspace'}${without}`)
}

/** A message for tomorrow, taken back at once: the same permissions, and nobody sees it. */
async function posting(client: webApi.WebClient, channel: string): Promise<CheckLine> {
  const tomorrow = Math.floor(Date.now() / 1000) + 86_400
  const planned = await client.chat.scheduleMessage({ channel, post_at: tomorrow, text: 'a check of Spinup’s doctor' })
  await client.chat.deleteScheduledMessage({
    channel: planned.channel ?? channel,
    scheduled_message_id: planned.scheduled_message_id ?? '',
  })
  return line('Slack: posting', 'ok', 'cards may be posted here')
}

async function uploading(client: webApi.WebClient, pictures: Pictures): Promise<CheckLine> {
  const begun = performance.now()
  const chart = { id: 'doctor', title: 'A check of Spinup’s doctor', alt: 'one white dot' }
  const file = await pictures.upload(client, Buffer.from(ONE_DOT, 'base64'), chart)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  await client.files.delete({ file })
  return line('Slack: charts', 'ok', `a picture was uploaded and could be shown after ${seconds} s`)
}

const ONE_DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=='

function hearing(sockets: Sockets | null, web: Web | null, now: number): CheckLine {
  if (sockets !== null) {
    const detail = `${sockets.connected} of ${sockets.wanted} connections`
    if (sockets.connected > 0) return line('Slack: Socket Mode', 'ok', detail)
    const fix = 'Look at the log; the app needs Socket Mode on, and SLACK_APP_TOKEN the scope connections:write.'
    return { name: 'Slack: Socket Mode', state: 'failed', detail, fix }
  }
  const receivedAt = web?.receivedAt ?? null
  if (receivedAt !== null) {
    return line('Slack: requests', 'ok', `the last came ${Math.round((now - receivedAt) / 1000)} s ago`)
  }
  const fix = 'The app’s request URLs are SPINUP_PUBLIC_URL and /slack/events; check SLACK_SIGNING_SECRET as well.'
  return { name: 'Slack: requests', state: 'warn', detail: 'none came since the start', fix }
}

function clockLine(aheadMs: number | null): CheckLine {
  if (aheadMs === null) return line('Slack: clock', 'skipped', 'nothing has come from Slack yet')
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) < SKEW_MS) return line('Slack: clock', 'ok', `within ${Math.max(1, seconds)} s of Slack’s`)
  const detail = `${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} Slack’s`
  return {
    name: 'Slack: clock',
    state: 'failed',
    detail,
    fix: 'Set this machine’s clock: sudo timedatectl set-ntp true',
  }
}

async function inTime(name: string, check: () => Promise<CheckLine>): Promise<CheckLine> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CheckLine>((resolve) => {
    const detail = `no answer within ${DEADLINE_MS / 1000} s`
    timer = setTimeout(
      () => resolve({ name, state: 'failed', detail, fix: 'Check whether slack.com is reachable.' }),
      DEADLINE_MS,
    )
  })
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    const { message } = chatFailure(error, 'check that')
    return { name, state: 'failed', detail: errorCodeOf(error) ?? 'it failed', fix: message }
  } finally {
    clearTimeout(timer)
  }
}

function line(name: string, state: CheckLine['state'], detail: string): CheckLine {
  return { name, state, detail, fix: null }
}
