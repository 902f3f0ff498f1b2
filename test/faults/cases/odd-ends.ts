import { say } from '../../scenarios/story.ts'
import { until } from '../../wait.ts'
import { COPIED, IN, OUT, outRefused, type FaultCase } from '../case.ts'
import { POOL } from '../link.ts'
import type { Stage } from '../stage.ts'
import { DOWN, REFRESH, UP } from './breaks.ts'

const LATE_MS = 2500

function clones(stage: Stage): readonly { readonly id: number; name: string; tags: string[] }[] {
  return stage.cloud.state.dropletsTagged(`spinup-pool:${POOL}`)
}

/** What an account may show for a while, and what people do to it; two bots, comparing all the time. */
export const oddEnds: readonly FaultCase[] = [
  {
    name: 'lists show a new droplet late',
    from: 1,
    wish: OUT,
    run: async (stage) => {
      stage.arm({ kind: 'lateListing', ms: LATE_MS, match: { step: 'create' } })
      await say(stage.bot(), UP)
    },
  },
  {
    name: 'the answer to create is lost, and lists show its droplet late',
    from: 1,
    wish: { ...OUT, overshoots: true, also: /^Removed a duplicate/ },
    run: async (stage) => {
      stage.arm({ kind: 'lateListing', ms: Infinity, match: { step: 'create' } })
      stage.arm({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
      await say(stage.bot(), UP)
      await until(() => clones(stage).length === 2, { what: 'the twin', timeoutMs: 20_000 })
      stage.cloud.state.listedFrom.clear()
      await until(() => clones(stage).length === 1, { what: 'the twin to go', timeoutMs: 40_000 })
    },
  },
  {
    name: 'a new droplet is not known by its id for a moment',
    from: 1,
    wish: OUT,
    run: async (stage) => {
      const first = stage.onExchange(({ operation }) => {
        if (operation !== 'droplets_create') return
        first()
        const [clone] = clones(stage)
        stage.arm({ kind: 'notFound', times: 2, match: { method: 'GET', path: new RegExp(`/droplets/${clone!.id}$`) } })
      })
      await say(stage.bot(), UP)
    },
  },
  {
    name: 'the snapshot deleted by hand',
    from: 1,
    wish: outRefused(/There is no snapshot .*\/spinup refresh/),
    run: async (stage) => {
      const { images } = stage.cloud.state
      const snapshots = [...images].filter(([, image]) => image.type === 'snapshot')
      for (const [id] of snapshots) images.delete(id)
      await say(stage.bot(), UP)
      await until(async () => (await stage.state()).operations.length === 0, { what: 'it to be given up' })
      for (const [id, image] of snapshots) images.set(id, image)
    },
  },
  {
    name: 'a clone renamed by hand',
    from: 2,
    wish: IN,
    run: async (stage) => {
      clones(stage)[0]!.name = 'ours-now'
      await say(stage.bot(), DOWN)
    },
  },
  {
    name: 'Spinup’s tags taken off a clone by hand',
    from: 2,
    wish: {
      members: 1,
      card: { kind: 'episode', direction: 'in', stage: 'failed', because: /no longer carries the tag spinup/ },
    },
    run: async (stage) => {
      const [clone] = clones(stage)
      clone!.tags = []
      await say(stage.bot(), DOWN)
      await until(async () => (await stage.state()).members.length === 1, { what: 'it to leave', timeoutMs: 30_000 })
      if (!stage.cloud.state.droplets.has(clone!.id)) throw new Error('it was deleted')
      stage.machines.byHand(() => stage.cloud.state.deleteByHand(clone!.id))
    },
  },
  {
    name: 'the account shows nothing at all for a while',
    from: 2,
    wish: IN,
    run: async (stage) => {
      stage.arm({ kind: 'notFound', times: Infinity, match: { method: 'GET', path: /droplets/ } })
      await until(async () => (await stage.state()).upkeep.trouble !== null, { what: 'it to be noticed' })
      await say(stage.bot(), DOWN)
      await until(
        async () => (await stage.state()).operations.some((one) => one.step === 'destroy' && one.attempt > 1),
        {
          what: 'attempts to delete it',
          timeoutMs: 30_000,
        },
      )
      stage.cloud.faults.clear()
    },
  },
  {
    name: 'an action is not known for a moment',
    from: 2,
    wish: COPIED,
    run: async (stage) => {
      // On a slow machine it would be off before it is looked at again.
      stage.arm({ kind: 'slowAction', ms: LATE_MS, match: { step: 'shutdown' } })
      stage.arm({ kind: 'notFound', times: 2, match: { operation: 'dropletActions_get' } })
      await say(stage.bot(), REFRESH)
    },
  },
  {
    name: 'lists show a new snapshot late',
    from: 2,
    wish: COPIED,
    run: async (stage) => {
      stage.arm({ kind: 'lateListing', ms: LATE_MS, match: { step: 'snapshot' } })
      await say(stage.bot(), REFRESH)
    },
  },
]
