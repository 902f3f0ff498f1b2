import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { EpisodeView } from '../../src/core/model/view.ts'
import { createTraffic, type Traffic } from '../../src/demo/traffic/traffic.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import { COMMANDS } from '../../src/commands/registry.ts'
import { buttonsOf } from '../fakes/slack/record.ts'
import { HOME_TEAM } from '../fakes/slack/slack.ts'
import { until } from '../wait.ts'
import { openTwoTeams, seenIn, THEIRS, viewsOf, type TwoTeams } from './several-pools.ts'
import { said, say } from './story.ts'
import { eventsFor, keptPools } from './two-teams.ts'

const MAX = { web: 2, api: 3 } as const
const POOLS = ['web', 'api'] as const
type PoolName = (typeof POOLS)[number]
/** More than the most members of either serve: a member has a tenth of a CPU. */
const LOAD = { kind: 'steady', rps: 25, forMs: null } as const
/** As the demo's: a slow minute of a tenth, so that what took seconds to come may leave in seconds. */
const QUICK = 'window=2s scale-in-window=10s scale-in-cooldown=2s slow-minute=0.1 step-in=2 stale-after=15s'
const PATHS = ['/?ms=20']
const PATIENCE = { timeoutMs: 90_000 }

describe(
  'two pools of one team, beside another team’s of the same name',
  { skip: process.platform !== 'linux' },
  () => {
    let teams: TwoTeams
    const crowds: Traffic[] = []
    let began = 0
    before(async () => {
      teams = await openTwoTeams()
    })
    after(async () => {
      for (const crowd of crowds) await crowd.stop().catch(() => undefined)
      await teams?.stop()
    })

    const episodes = async (pool: PoolName, direction: 'out' | 'in'): Promise<readonly EpisodeView[]> =>
      (await teams.bot.client.after(0)).messages.flatMap((message) =>
        message.kind === 'card' &&
        message.card.view.kind === 'episode' &&
        message.card.view.direction === direction &&
        message.card.view.of?.name === pool
          ? [message.card.view]
          : [],
      )
    const size = async (pool: PoolName): Promise<number> => {
      const [view] = await viewsOf(teams.bot, `/spinup status ${pool}`, 'status')
      return view?.members.filter(({ phase }) => phase === 'inService').length ?? 0
    }
    const clonesOf = (pool: PoolName): number => teams.site.cloud.state.dropletsTagged(`spinup-pool:${pool}`).length

    it('both grow at the same time, each to its own maximum and no further', async () => {
      for (const pool of POOLS) {
        await say(teams.bot, `/spinup policy ${pool} max=${MAX[pool]} ${QUICK}`)
        crowds.push(createTraffic({ url: teams.urls[pool], shape: LOAD, paths: PATHS, patienceMs: 2000 }))
      }
      began = Date.now()
      const most = { web: 0, api: 0 }
      await Promise.all(
        POOLS.map((pool) =>
          until(
            async () => {
              most[pool] = Math.max(most[pool], 1 + clonesOf(pool))
              return (await size(pool)) === MAX[pool]
            },
            { ...PATIENCE, what: `${pool} at its maximum` },
          ).catch((error: unknown) => assert.fail(`${String(error)}\n${said(teams.bot)}`)),
        ),
      )
      assert.deepEqual(most, MAX)
      const [web, api] = await Promise.all(POOLS.map(async (pool) => spanOf(await episodes(pool, 'out'))))
      assert.ok(web!.from < api!.to && api!.from < web!.to, `they grew at the same time: ${JSON.stringify([web, api])}`)
    })

    it('nobody gets either past its maximum by hand', async () => {
      for (const pool of POOLS) {
        const { views } = await teams.bot.client.say(`/spinup up ${pool} 1`)
        assert.match(JSON.stringify(views), new RegExp(`maximum of ${MAX[pool]}`))
      }
      assert.deepEqual([clonesOf('web'), clonesOf('api')], [MAX.web - 1, MAX.api - 1])
    })

    it('both shrink at the same time once it is quiet', async (test) => {
      await Promise.all(crowds.splice(0).map((crowd) => crowd.stop()))
      await Promise.all(
        POOLS.map((pool) =>
          until(
            async () => {
              const [view] = await viewsOf(teams.bot, `/spinup status ${pool}`, 'status')
              if (view?.members.length === 1 && clonesOf(pool) === 0) return true
              throw new Error(`${view?.members.length} members; ${view?.lastDecision?.reason}`)
            },
            { ...PATIENCE, what: `${pool} at one` },
          ),
        ),
      )
      const [web, api] = await Promise.all(POOLS.map(async (pool) => spanOf(await episodes(pool, 'in'))))
      assert.ok(web!.from < Infinity && api!.from < Infinity, 'each by itself')
      test.diagnostic(`both grew and shrank within ${Math.round((Date.now() - began) / 1000)} s`)
    })

    it('each channel’s cards name the right pool', async () => {
      const { slack } = teams
      for (const [pool, other] of [POOLS, POOLS.toReversed()] as [PoolName, PoolName][]) {
        const cards = slack.cards(pool)
        const seen = await until(
          () => {
            const all = seenIn(slack, HOME_TEAM, pool)
            return all.includes(`${pool}: `) && all
          },
          { what: `cards of ${pool}` },
        )
        assert.ok(cards.length >= 2, `${cards.length} cards of ${pool}`)
        assert.ok(!cards.some(({ text }) => text.startsWith(`${other}:`)), 'none of the other')
        assert.doesNotMatch(seen, new RegExp(`@${other}"`), 'and no button of the other’s')
      }
    })

    it('a button acts on its own pool, though the channel uses another', async () => {
      await say(teams.bot, '/spinup use web')
      const [status] = await viewsOf(teams.bot, '/spinup status api', 'status')
      const pause = status?.actions.find(({ label }) => label.startsWith('Pause'))
      assert.ok(pause !== undefined, JSON.stringify(status?.actions))
      const { views } = await teams.bot.client.press(pause.action)
      assert.match(cardOf(views[0]!).headline, /api/)
      const overrides = async (pool: PoolName) =>
        (await viewsOf(teams.bot, `/spinup status ${pool}`, 'status'))[0]?.overrides.length
      assert.deepEqual([await overrides('api'), await overrides('web')], [1, 0])
      await say(teams.bot, '/spinup resume api')
      await say(teams.bot, '/spinup use off')
    })

    /** What the other team's pool, droplet, balancer, workspace and people are called, and nothing else is. */
    const theirSecrets = async (): Promise<RegExp> => {
      const { theirs, site } = teams
      const pool = (await keptPools(site.dataDir)).find(({ tenant }) => tenant !== null)
      assert.match(pool?.id ?? '', /^web-\w+$/, 'their pool has the name of ours, and an id of its own')
      return new RegExp([pool!.id, theirs.dropletId, theirs.balancer, THEIRS, 'Eve Beta'].join('|'))
    }
    const get = async (path: string): Promise<string> => (await fetch(teams.bot.url + path)).text()

    it('the console’s people see nothing of the other team, whatever they ask for', async () => {
      const { bot, slack } = teams
      const secrets = await theirSecrets()
      const lines = COMMANDS.map(({ name }) => `/spinup ${name}`)
      const answers: string[] = []
      for (const line of lines) answers.push(JSON.stringify(await bot.client.say(line)))
      for (const text of [
        '/spinup status ',
        '/spinup use ',
        '/spinup pin w',
        '/spinup protect web ',
        '/spinup notify pools ',
      ])
        answers.push(await get(`/api/console/complete?text=${encodeURIComponent(text)}`))
      answers.push(await eventsFor(bot, 2500), await get('/api/audit.ndjson'), await get('/api/audit.ndjson?pool=web'))
      for (const path of ['/', '/health', '/metrics', '/api/pools', '/api/console/messages'])
        answers.push(await get(path))
      await slack.people.openHome({ user: 'ada' })
      answers.push(
        await until(() => slack.home('ada') && JSON.stringify(slack.home('ada')), { what: 'the home page' }),
        JSON.stringify((await bot.client.after(0)).messages),
      )
      for (const channel of ['web', 'api', 'ops']) answers.push(seenIn(slack, HOME_TEAM, channel))
      for (const answer of answers) assert.doesNotMatch(answer, secrets)
      assert.match(answers.join(''), /api-1/, 'and their own is there')
    })

    it('the other team sees nothing of the console’s, by name, button, home or history', async () => {
      const { slack } = teams
      const at = { team: THEIRS, user: 'eve', channel: 'ops' }
      for (const { name } of COMMANDS.filter((one) => !['connect', 'disconnect'].includes(one.name)))
        await slack.people.type(name, at)
      for (const line of ['status api', 'pin api 3 for 1h', 'use api', 'notify pools api', 'history api', 'cost api'])
        await slack.people.type(line, at)
      const shop = slack.channel('ops', THEIRS)
      const copied = { ...slack.cards('api')[0]! }
      const labels = buttonsOf(copied.blocks).map(({ label }) => label)
      shop.messages.push({ ...copied, replies: [] })
      for (const label of labels) await slack.people.press(shop.messages.at(-1)!, label, at).catch(() => undefined)
      await slack.people.openHome(at)
      await until(() => slack.home('eve', THEIRS), { what: 'their home page' })
      await until(() => /no pool called api/.test(seenIn(slack, THEIRS, 'ops')), { what: 'the refusal' })
      shop.messages.splice(
        shop.messages.findIndex(({ ts }) => ts === copied.ts),
        1,
      )
      const seen = `${seenIn(slack, THEIRS, 'ops')}${JSON.stringify(slack.home('eve', THEIRS))}`
      const ours = new RegExp(
        `.{0,80}(?:api-\\d|@api\\b|@web"|\\bweb-1\\b|Ada Lovelace|"${teams.site.cloud.originId}").{0,80}`,
      )
      assert.equal(ours.exec(seen)?.[0], undefined)
      for (const pool of POOLS) {
        const [view] = await viewsOf(teams.bot, `/spinup status ${pool}`, 'status')
        assert.deepEqual(view?.overrides, [], `nothing of ${pool} was changed by them`)
      }
    })

    it('a chart is fetched by those whose pool it is of', async () => {
      const { bot, site } = teams
      await teams.slack.people.type('stats', { team: THEIRS, user: 'eve', channel: 'ops' })
      await say(bot, '/spinup stats api')
      const pools = await until(
        async () => {
          const all = await keptPools(site.dataDir)
          return all.every(({ id, charts }) => id === 'web' || charts.length > 0) && all
        },
        { what: 'charts of both teams' },
      )
      for (const { tenant, charts } of pools) {
        for (const id of charts) assert.equal((await bot.client.chart(id, 'dark')) !== null, tenant === null, id)
      }
    })

    it('one is disconnected while the other grows, and a channel that used it names its pool again', async () => {
      const { bot } = teams
      await say(bot, '/spinup use api')
      await Promise.all([say(bot, '/spinup pin web 2 for 10m'), say(bot, '/spinup disconnect api')])
      await until(async () => (await size('web')) === 2, { ...PATIENCE, what: 'web at two' })
      await until(
        async () => (await viewsOf(bot, '/spinup pools', 'pools'))[0]?.pools.map(({ name }) => name).join() === 'web',
        { ...PATIENCE, what: 'api to be gone' },
      )
      assert.equal((await viewsOf(bot, '/spinup status', 'status'))[0]?.pool, 'web')
      assert.equal((await bot.client.say('/spinup status api')).views[0]?.kind, 'error')
      assert.deepEqual([clonesOf('web'), clonesOf('api')], [1, 0])
    })
  },
)

/** From the first of them to the end of the last, epoch ms. */
function spanOf(episodes: readonly EpisodeView[]): { readonly from: number; readonly to: number } {
  const ends = episodes.map(({ endedAt }) => endedAt ?? Infinity)
  return { from: Math.min(...episodes.map(({ startedAt }) => startedAt)), to: Math.max(...ends) }
}
