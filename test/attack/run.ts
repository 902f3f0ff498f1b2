import { request } from 'node:http'
import { argumentsOf } from '../../src/cli/run-command.ts'
import { messageOf } from '../../src/core/model/error.ts'
import { BotRefused, createSite } from '../scenarios/bot-process.ts'
import { guardedDoors, openDoors, secrets } from './doors.ts'
import { floods, keyFloods, slowSenders } from './floods.ts'
import { partners, unapproved } from './partners.ts'
import { openStage, PASSWORD, type Stage, type Try, type Way } from './stage.ts'

const HELP = `A real bot with a pool, attacked as it stands and behind a real nginx. Each try says when it got in, or kept
others out; the last line counts them, and the exit status is 1 where one did.

  npm run test:attack`
argumentsOf({ help: HELP })

const startedAt = performance.now()
const say = (line: string): void => {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`)
}
const tally = { in: { tried: 0, worked: 0 }, stall: { tried: 0, worked: 0 } }

async function attempt(tries: readonly Try[]): Promise<void> {
  for (const { name, kind, run } of tries) {
    tally[kind].tried += 1
    let worked = true
    let why = ''
    try {
      worked = await run()
    } catch (error) {
      why = ` (${messageOf(error)})`
    }
    if (worked) tally[kind].worked += 1
    if (worked) say(`${kind === 'in' ? 'LET IN' : 'STALLED'}  ${name}${why}`)
  }
}

const stage = await openStage()
try {
  await attack(stage)
} finally {
  await stage.stop()
}
console.log(`let in: ${tally.in.worked} of ${tally.in.tried}, stalled: ${tally.stall.worked} of ${tally.stall.tried}`)
process.exitCode = tally.in.worked + tally.stall.worked === 0 ? 0 : 1

async function attack(at: Stage): Promise<void> {
  const { direct, behind } = at
  if ('why' in behind) say(`not behind nginx: ${behind.why}`)
  const ways: readonly Way[] = 'why' in behind ? [direct] : [direct, behind]

  say('a console without a password')
  if (!('why' in behind)) await attempt(openDoors({ url: behind.bot, how: 'nginx' }))
  await attempt([withPublicUrl()])
  await attempt(await askedFirst(at))

  say('people of another company')
  await attempt(partners(at))

  say('a console with a password')
  await at.restart({ SPINUP_CONSOLE_PASSWORD: PASSWORD })
  const slow = slowSenders(at)
  slow.begin()
  await attempt(slow.tries.slice(0, 2))
  for (const way of ways) await attempt(guardedDoors(at, way))
  await attempt(secrets(at))
  say('floods')
  for (const way of ways) await attempt(floods(at, way))
  await attempt(slow.tries.slice(2))
  slow.stop()
  if (!('why' in behind)) {
    say('a proxy that is trusted')
    await at.restart({ SPINUP_CONSOLE_PASSWORD: PASSWORD, SPINUP_TRUST_PROXY: '127.0.0.1' })
    await attempt([...trusted(behind), ...guardedDoors(at, behind), ...floods(at, behind)])
  }
  say('one member’s key, a full memory, an emptied Redis')
  await attempt(keyFloods(at))
}

function withPublicUrl(): Try {
  return {
    name: 'a public address without a password',
    kind: 'in',
    run: async () => {
      const site = await createSite(null)
      try {
        await site.start({ SPINUP_PUBLIC_URL: 'https://spinup.example.com' })
        return true
      } catch (error) {
        return !(error instanceof BotRefused)
      } finally {
        await site.clear()
      }
    },
  }
}

async function askedFirst({ direct }: Stage): Promise<readonly Try[]> {
  const line = async (text: string): Promise<string> => {
    const answer = await fetch(`${direct.bot}/api/console/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text, name: 'Mallory' }),
    })
    return ((await answer.json()) as { text: string }).text
  }
  await line('/spinup policy mode=approve approvers=console')
  return unapproved(line)
}

/** Addresses that a visitor makes up are not believed: guesses are counted by where they come from. */
function trusted({ bot }: Way): readonly Try[] {
  const guess = (index: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer guess', 'x-forwarded-for': `203.0.113.${index}` }
      // Not from where the proxy is, as no visitor would be.
      const call = request(`${bot}/api/console/messages`, { headers, localAddress: '127.0.0.2', agent: false })
      call.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject)
      call.end()
    })
  return [
    {
      name: 'guesses that claim an address of their own each are not slowed down',
      kind: 'in',
      run: async () => {
        const statuses: number[] = []
        for (let index = 0; index < 20; index++) statuses.push(await guess(index))
        return !statuses.includes(429)
      },
    },
  ]
}
