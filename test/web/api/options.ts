import { createStatsReports } from '../../../src/app/stats-reports.ts'
import { createVisualsService } from '../../../src/app/visuals.ts'
import { createCommandService } from '../../../src/command-service.ts'
import { policyMark, poolsSeen } from '../../../src/engine/reports/live.ts'
import { createFirstAnswers } from '../../../src/store/first-answers.ts'
import type { PageOptions } from '../../../src/web/server.ts'
import type { Rig } from '../../engine/rig.ts'

/** The API over the engine of a test, as the bot wires it; `asked` is called with the place of each question. */
export function apiOver(
  rig: Rig,
  asked: Parameters<typeof createVisualsService>[1] = async () => undefined,
): NonNullable<PageOptions['api']> {
  const { tokens, platforms } = rig.services
  return {
    tokens,
    answers: createFirstAnswers(rig.redis),
    url: 'http://spinup.test',
    service: {
      platforms,
      pools: (tenant) => poolsSeen(rig.services, tenant),
      perform: (request, asker, pool) =>
        createCommandService(rig.services, { asked }).perform(request, asker, { pool, action: '' }),
      mark: policyMark,
      stats: createStatsReports(rig.services),
      visuals: createVisualsService(rig.services, asked),
    },
    page: {
      peek: tokens.peek,
      open: async (link) => {
        const ordered = await tokens.redeem(link)
        return ordered === null ? null : tokens.make(ordered.order, rig.now())
      },
    },
  }
}
