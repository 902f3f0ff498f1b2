import { walkConnectPage } from '../../src/demo/connect-page.ts'
import type { View } from '../../src/core/model/view.ts'
import { startHaproxy, type RunningHaproxy } from '../balancers/haproxy/rig.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { wordsOf } from '../fakes/slack/record.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { urlOf } from './shop.ts'
import { connect, say } from './story.ts'

/** Another team's workspace. */
export const THEIRS = 'T0BETA0002'

/**
 * The real bot with the pools `web` and `api` of its own team, each a backend of one HAProxy, and a pool of another Slack
 * workspace, called `web` as well, behind a load balancer of the account.
 */
export interface TwoTeams {
  readonly bot: BotProcess
  readonly site: Site
  readonly slack: FakeSlack
  /** Where visitors come in, by pool of the bot's own team. */
  readonly urls: Readonly<Record<'web' | 'api', string>>
  /** The droplets of the other team, as its cards would name them. */
  readonly theirs: { readonly dropletId: number; readonly balancer: string }
  stop(): Promise<void>
}

/** A clone of a droplet's disk, as another droplet of the team's own. */
async function anotherDroplet({ cloud }: Site, name: string, image: string): Promise<number> {
  const { droplet } = (await api(cloud, '/droplets', {
    name,
    region: cloud.state.droplets.get(cloud.originId)?.regionSlug,
    size: 's-1vcpu-1gb',
    image,
  })) as { readonly droplet: { readonly id: number } }
  await until(() => cloud.state.droplets.get(droplet.id)?.status === 'active', { what: `${name} to be up` })
  return droplet.id
}

async function api({ url, token }: Site['cloud'], path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

export async function openTwoTeams(): Promise<TwoTeams> {
  const closing: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const slack = await startSlack({
      workspaces: [
        { team: HOME_TEAM, name: 'Acme', channels: ['web', 'api', 'ops'] },
        { team: THEIRS, name: 'Beta', people: { eve: 'Eve Beta' }, channels: ['ops'] },
      ],
    })
    closing.push(slack.close)
    const site = await createSite({
      vcpus: 0.1,
      bootMs: 300,
      ownAddresses: true,
      timings: { balancerBusyMs: 200, healthCheckMs: 500 },
    })
    closing.push(site.clear)
    const { cloud } = site
    await api(cloud, `/droplets/${cloud.originId}/actions`, { type: 'snapshot', name: 'disk' })
    const image = await until(() => [...cloud.state.images.values()].find(({ name }) => name === 'disk')?.id, {
      what: 'a copy of the disk',
    })
    const apiId = await anotherDroplet(site, 'api', String(image))
    const haproxy = await startHaproxy({
      others: {
        web: [serverLine(urlOf(cloud, cloud.originId))],
        api: [serverLine(urlOf(cloud, apiId))],
      },
    })
    closing.push(haproxy.stop)
    const bot = await site.start({
      DIGITALOCEAN_POLL: '150ms',
      DIGITALOCEAN_PATIENCE: '0.06',
      SLACK_BOT_TOKEN: slack.install(HOME_TEAM).text,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CLIENT_ID: '11.22',
      SLACK_CLIENT_SECRET: 'client-secret-of-spinup',
      SLACK_API_URL: slack.apiUrl,
    })
    await until(() => slack.socket.connections > 0, { what: 'the bot to be on Slack', timeoutMs: 60_000 })
    await slack.installByBrowser(`${bot.url}/slack/install`, THEIRS)
    await connect(site, bot, { balancer: backend(haproxy, 'web') })
    await connect(
      site,
      bot,
      { balancer: backend(haproxy, 'api') },
      { line: '/spinup connect another', dropletId: apiId },
    )
    const theirs = await connectTheirs(site, slack, String(image))
    await slack.people.type('notify pools web', { channel: 'web' })
    await slack.people.type('notify pools api', { channel: 'api' })
    return { bot, site, slack, urls: { web: haproxy.urls['web']!, api: haproxy.urls['api']! }, theirs, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** From the other workspace, with a token of the account; its droplet has the name that another team's pool has. */
async function connectTheirs(site: Site, slack: FakeSlack, image: string): Promise<TwoTeams['theirs']> {
  const { cloud } = site
  const dropletId = await anotherDroplet(site, 'web', image)
  const { name } = cloud.state.addBalancer({ name: 'beta-front', dropletIds: [dropletId] })
  await until(() => [...cloud.state.balancers.values()].every(({ status }) => status === 'active'))
  await slack.people.type('connect', { team: THEIRS })
  const link = await until(() => /https?:\S+?\/connect\?link=[\w-]+/.exec(seenIn(slack, THEIRS, 'ops'))?.[0], {
    what: 'the link in the other workspace',
  })
  const line = await walkConnectPage(link, {
    account: { token: cloud.state.addToken().value },
    droplet: String(dropletId),
    balancer: { loadBalancer: name },
    port: cloud.appPort,
  })
  await cloud.runInstallLine(line, dropletId)
  await until(() => seenIn(slack, THEIRS, 'ops').includes('Shut down and take the snapshot'), {
    what: 'the snapshot to be offered',
    timeoutMs: 60_000,
  })
  await slack.people.type('connect snapshot', { team: THEIRS })
  await until(() => /Connected: web/.test(seenIn(slack, THEIRS, 'ops')), { what: 'their pool', timeoutMs: 60_000 })
  return { dropletId, balancer: name }
}

/** All that a channel shows, of cards, threads and answers to one alone. */
export function seenIn(slack: FakeSlack, team: string, channel: string): string {
  const { messages, ephemerals } = slack.channel(channel, team)
  const all = messages.flatMap((message) => [message, ...message.replies])
  return [...all, ...ephemerals]
    .map(({ text, blocks }) => `${text}\n${wordsOf(blocks)}\n${JSON.stringify(blocks)}`)
    .join('\n')
}

function backend({ address }: RunningHaproxy, name: string) {
  return { kind: 'haproxy', fields: { haproxyAddress: address, haproxyBackend: name } } as const
}

function serverLine(url: string): string {
  return `server origin ${new URL(url).host} check inter 500ms maxconn 2`
}

/** The views that a line is answered with at once, of one kind. */
export async function viewsOf<K extends View['kind']>(
  bot: BotProcess,
  line: string,
  kind: K,
): Promise<readonly Extract<View, { kind: K }>[]> {
  return (await say(bot, line)).filter((view): view is Extract<View, { kind: K }> => view.kind === kind)
}
