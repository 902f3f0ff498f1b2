import { createCaddyBalancer } from '../../src/balancers/caddy/caddy.ts'
import { createHaproxyBalancer } from '../../src/balancers/haproxy/haproxy.ts'
import { migrateRequests } from './caddy/migrate.ts'
import { startCaddy } from './caddy/rig.ts'
import { comeAndGo, type Run } from './comings.ts'
import { startHaproxy } from './haproxy/rig.ts'
import { isHealthy } from './healthy.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `A minute of traffic through the real HAProxy, and one through the real Caddy, while
five members join and leave through Spinup's adapters. Exit status 1 if one request failed or the rate was not kept.

  npm run test:balancers [-- SECONDS]`

const LEAST = 500
const PER_SECOND = 600
const seconds = Number(argumentsOf({ help: HELP, words: true }).positionals[0] ?? 60)

const haproxy = await startHaproxy()
const first = await run('haproxy', haproxy.url, () =>
  createHaproxyBalancer({ address: haproxy.address, backend: 'app', checkMs: 500 }),
).finally(haproxy.stop)

const restore = await migrateRequests()
const caddy = await startCaddy()
const second = await run('caddy', caddy.url, () =>
  createCaddyBalancer({ admin: caddy.admin, handler: 'pool', isHealthy }),
).finally(async () => {
  await caddy.stop()
  await restore()
})

const runs = [first, second]
if (runs.some((run) => run.failed + run.cut > 0 || run.perSecond < LEAST || run.joined < 5 || run.left < 5)) {
  process.exitCode = 1
}
console.log(
  `failed requests: ${first.failed} of ${first.tally.sent} (haproxy), ${second.failed} of ${second.tally.sent} (caddy)`,
)

async function run(name: string, url: string, create: () => Parameters<typeof comeAndGo>[0]['balancer']): Promise<Run> {
  console.log(`${name}: ${seconds} s at ${PER_SECOND} requests/s`)
  const result = await comeAndGo({
    balancer: create(),
    url,
    forMs: seconds * 1000,
    perSecond: PER_SECOND,
    members: 5,
    say: (line) => console.log(`  ${line}`),
  })
  const { tally, perSecond, joined, left, cut } = result
  console.log(
    `  ${tally.answered} of ${tally.sent} answered at ${perSecond.toFixed(0)}/s; ${joined} joined, ${left} left; ` +
      `${cut} in flight on a member when it was destroyed; ${tally.resent} sent again because an idle connection closed`,
  )
  for (const [what, count] of tally.failures) console.log(`  failed: ${count} × ${what}`)
  if (perSecond < LEAST) console.log(`  this machine was too slow: ${perSecond.toFixed(0)} requests/s, not ${LEAST}`)
  return result
}
