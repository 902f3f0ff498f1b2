import { createConsoleChat, CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import { createCommandService } from '../../src/command-service.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createConsolePeople } from '../../src/store/console-people.ts'
import { startRig, type Rig } from '../engine/rig.ts'
import { quiet } from '../redis.ts'
import { apiOver } from './api/options.ts'
import { serve, type Served } from './serve.ts'

/** A team with a pool, tags and the pages, on the engine of the tests. */
export interface VisualsStage {
  readonly rig: Rig
  readonly web: Served
  stop(): Promise<void>
}

export async function startVisualsStage(password?: string): Promise<VisualsStage> {
  const rig = await startRig()
  await rig.reset()
  await rig.grow(2)
  for (const [index, cpu] of [0.2, 0.35, 0.5, 0.3].entries()) {
    await rig.report(cpu, 60)
    if (index < 3) rig.pass(60_000)
  }
  const words = 'redis bolt slack node chart queue probe origin clone budget droplet agent'.split(' ')
  const tags = Object.fromEntries(words.map((word, index) => [word, 120 - 9 * index]))
  await rig.services.texts.add('web', rig.now(), { tags, release: { 'v2.3': 40, 'v2.2': 9 } })
  const chat = createConsoleChat({ log: createConsoleLog(rig.redis, { pollMs: 100 }) })
  /** What the engine's delivery does. */
  const asked = async (place: Place): Promise<void> => {
    while ((await rig.services.outbox.deliver(destinationOf(place), (card) => chat.show(CONSOLE_CHANNEL, card))) > 0);
  }
  await chat.start(createHandlers(createCommandService(rig.services, { asked })))
  const web = await serve({
    host: '127.0.0.1',
    port: 0,
    console: chat,
    live: async () => [],
    charts: {
      png: async (id, theme) => {
        const spec = await rig.services.charts.loadFor(null, id)
        return spec !== null && 'kind' in spec ? rig.services.visuals.png(spec, theme) : null
      },
    },
    api: apiOver(rig, asked),
    people: createConsolePeople(rig.redis),
    secret: 'a secret of the test',
    log: quiet,
    ...(password === undefined ? {} : { password }),
  })
  return {
    rig,
    web,
    stop: async () => {
      await web.close()
      await rig.stop()
    },
  }
}
