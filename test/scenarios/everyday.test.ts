import assert from 'node:assert/strict'
import { availableParallelism, loadavg } from 'node:os'
import { after, before, describe, it } from 'node:test'
import type { DecisionView, EpisodeView, View } from '../../src/core/model/view.ts'
import { until } from '../wait.ts'
import { EVERYDAY, figuresOf, startEveryday, type Everyday, type RunningSite } from './everyday.ts'
import { told, type Judged } from './judged.ts'
import { card } from './story.ts'

const QUIET_MS = 120_000
/** The bot judges every second; on a machine that is busy with other things it may be late. */
const FEWEST_JUDGEMENTS = 60
const PATIENCE_MS = 150_000
/** With more programs than this in line for each CPU, droplets stand in line most of the time and are no everyday sites. */
const MOST_IN_LINE = 4

const isEpisode = (view: View): view is EpisodeView => view.kind === 'episode'
const isDecision = (view: View): view is DecisionView => view.kind === 'decision'

describe('everyday sites, side by side for two minutes, and then on the front page', () => {
  const running = new Map<Everyday, RunningSite>()
  const ends: (() => void)[] = []
  let beganAt = 0

  before(async () => {
    // All of them, also where one fails: what is still starting would be left running.
    const started = await Promise.allSettled(
      EVERYDAY.map(async (kind) => {
        const one = await startEveryday(kind)
        running.set(kind, one)
        ends.push(await kind.begin(one.bot))
      }),
    )
    for (const one of started) if (one.status === 'rejected') throw one.reason
    beganAt = Date.now()
  })
  after(async () => {
    for (const end of ends) end()
    await Promise.all([...running.values()].map((one) => one.stop()))
  })

  for (const kind of EVERYDAY) {
    it(`${kind.name}: nobody scales, and nobody is said to be overloaded`, async (test) => {
      const { judgements, site, bot } = running.get(kind)!
      await until(() => Date.now() - beganAt >= QUIET_MS, { what: 'two minutes to pass', timeoutMs: 2 * QUIET_MS })
      const inLine = loadavg()[0]! / availableParallelism()
      if (inLine > MOST_IN_LINE)
        return test.skip(`${inLine.toFixed(1)} programs are in line for each CPU of this machine`)
      const judged = judgements.seen()
      const since = judged.filter(({ decision }) => decision.at >= beganAt)
      assert.ok(since.length >= FEWEST_JUDGEMENTS, `only ${since.length} judgements`)
      assert.ok(kind.shows(figuresOf(since)), `${JSON.stringify(figuresOf(since))}\n${story(since)}`)

      const decisions = [...judged.map(({ decision }) => decision), ...(await judgements.kept())]
      const changes = decisions.filter(({ kind: what }) => what !== 'hold')
      assert.deepEqual(changes, [], story(judged))
      const greedy = judged.filter(({ decision }) => decision.wanted > decision.from + 1)
      assert.deepEqual(greedy, [], story(greedy))
      assert.ok(!decisions.some(({ wanted, from }) => wanted > from + 1), 'more than one extra was wanted')
      assert.equal(site.cloud.state.droplets.size, 1, 'no droplet was made')
      assert.equal(await card(bot, isEpisode), null, 'no scale event was announced')

      const { views, text } = await bot.client.say('/spinup why')
      assert.ok(
        views.every((view) => isDecision(view) && view.decision.kind === 'hold'),
        text,
      )
      assert.match(text, /CPU \d+ %/)
      assert.doesNotMatch(text, /overload|more is asked for|too few|work is coming in|wait(s|ing)? for the CPU/i)
      test.diagnostic(text)
    })
  }

  for (const kind of EVERYDAY) {
    it(`${kind.name}: on the front page it grows, and the clones serve`, async (test) => {
      const { judgements, crowd } = running.get(kind)!
      const before = judgements.seen().length
      if (judgements.seen().at(-1)!.observation.members.length > 1) return test.skip('it has grown before')
      crowd.surge()
      try {
        await until(() => clonesServe(judgements.seen().at(-1)), { what: 'clones that serve', timeoutMs: PATIENCE_MS })
      } catch (error) {
        assert.fail(`${String(error)}\n${story(judgements.seen().slice(before))}`)
      } finally {
        await crowd.stop()
      }
    })
  }
})

/** Visitors are sent to the origin and to somebody beside it. */
function clonesServe(judged: Judged | undefined): boolean {
  const serving = judged?.observation.members.filter(({ phase, traffic }) => phase === 'inService' && traffic?.rps)
  return (serving?.length ?? 0) > 1
}

function story(judged: readonly Judged[]): string {
  return judged.map(told).join('\n')
}
