import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { paletteOf } from '../charts/palette.ts'
import { SpinupError } from '../core/model/error.ts'
import { KEPT_MS, type StatsColours, type StatsFirst } from '../core/model/stats-page.ts'
import type { Assets } from './assets.ts'
import type { ActorOf } from './console-api.ts'
import { sendPacked } from './packed.ts'
import { statsPage } from './page.ts'
import type { StatsReports } from './api/service.ts'
import { WHICH } from './api/shapes.ts'
import { SPAN, spanOf } from './api/stats.ts'
import { readQuery } from './api/verb.ts'

// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */

const Beside = z.strictObject({ pool: WHICH, ...SPAN })
const Range = z.strictObject({ pool: WHICH, text: z.string().default('') })
const Post = z.object({
  pool: z.string().max(64),
  stats: z.array(z.string().max(64)).min(1).max(8),
  fromAt: z.number(),
  toAt: z.number(),
  byMember: z.boolean(),
  member: z.string().max(200).nullable(),
  name: z.string().max(100).optional(),
})

/** `/stats`, `/stats/wall` and what they ask for beside the series; of the installation's own team, as the console is. */
export function addStatsPages(
  app: FastifyInstance,
  {
    reports,
    assets,
    actorOf,
    place,
  }: {
    readonly reports: StatsReports
    readonly assets: Assets
    readonly actorOf: ActorOf
    /** How far the channel is: the page hears only what comes after. */
    readonly place: () => Promise<StatsFirst['place']>
  },
): void {
  for (const path of ['/stats', '/stats/wall']) {
    app.get(path, async (request, reply) => {
      const [bundle, pools, from] = await Promise.all([assets.bundle(), reports.pools(null), place()])
      const known: StatsFirst = {
        now: reports.now(),
        pools,
        place: from,
        palettes: { dark: coloursOf('dark'), light: coloursOf('light') },
      }
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
      return sendPacked(request, reply, statsPage(bundle, known, path !== '/stats'))
    })
  }

  app.get('/api/stats/beside', async ({ query }) => {
    const { pool = null, ...span } = readQuery(Beside, query)
    return reports.beside(null, pool, spanOf(span, reports.now()))
  })

  app.get('/api/stats/range', async ({ query }) => {
    const { pool = null, text } = readQuery(Range, query)
    return reports.range(null, pool, text)
  })

  app.post('/api/stats/post', { bodyLimit: 16 * 1024 }, async (request) => {
    const body = Post.safeParse(request.body)
    const like = 'Send {"pool", "stats", "fromAt", "toAt", "byMember", "member"}; times are epoch ms.'
    if (!body.success) throw new SpinupError('badInput', like)
    const { name, ...wish } = body.data
    const why = whyNot(wish, reports.now())
    if (why !== null) throw new SpinupError('badInput', `${why} Nothing was posted.`)
    return { cards: await reports.post(null, wish, await actorOf(request, name)) }
  })
}

/** Why a range cannot be posted; null: it can. */
function whyNot({ fromAt, toAt }: { readonly fromAt: number; readonly toAt: number }, now: number): string | null {
  if (!(toAt > fromAt)) return 'The range ends before it begins.'
  if (fromAt < now - KEPT_MS) return `The range begins earlier than the ${KEPT_MS / 86_400_000} days that are kept.`
  return toAt > now + 60_000 ? 'The range has not ended yet: it reaches into the future.' : null
}

function coloursOf(theme: 'dark' | 'light'): StatsColours {
  const { lines, rest, target } = paletteOf(theme)
  return { lines, rest, target }
}
