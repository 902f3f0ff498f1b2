import assert from 'node:assert/strict'
import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { AnswerView, ConnectView, View } from '../../src/core/model/view.ts'
import { walkConnectPage } from '../../src/demo/connect-page.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'
import { card, connectLink, say, settledAt } from '../scenarios/story.ts'
import { until } from '../wait.ts'
import { KEY, ORIGIN, startToyWorld, TOKEN, type ToyWorld } from './toy-world.ts'

const root = join(import.meta.dirname, '../..')

/** All that the toys add to Spinup, beside their folders. */
const LINES = {
  'src/registry/clouds.ts': "export { entry as toy } from '../../test/registry/toy-cloud/entry.ts'\n",
  'src/registry/balancers.ts': "export { entry as toy } from '../../test/registry/toy-balancer/entry.ts'\n",
}

/** A copy of Spinup with the toys in it. */
async function withToys(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'spinup-toys-'))
  for (const folder of ['src', 'agent', 'package.json', 'test/registry']) {
    await cp(join(root, folder), join(copy, folder), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [file, line] of Object.entries(LINES)) await appendFile(join(copy, file), line)
  return copy
}

const isConnect = (view: View): view is ConnectView => view.kind === 'connect'
const isGone = (view: View): view is AnswerView => view.kind === 'answer' && /is disconnected/.test(view.title)

describe('a cloud and a balancer, each added by a folder and a line', () => {
  let copy: string
  let world: ToyWorld
  let site: Site
  let bot: BotProcess
  before(async () => {
    copy = await withToys()
    world = await startToyWorld(join(copy, 'machines'))
    site = await createSite(null, join(copy, 'src/main.ts'))
    bot = await site.start({ TOY_API_URL: world.cloudUrl, TOY_BALANCER_URL: world.balancerUrl })
  })
  after(async () => {
    await site?.clear()
    await world?.stop()
    await rm(copy, { recursive: true, force: true })
  })
  const choices = (token: string) =>
    ({
      cloud: 'toy',
      account: { token },
      droplet: ORIGIN.name,
      balancer: { kind: 'toy', fields: { toyFront: 'front', toyKey: KEY } },
      port: world.port,
    }) as const
  const serving = (): readonly string[] => Object.keys(world.members())

  it('name a wrong variable of theirs like any other', async () => {
    await assert.rejects(
      site.start({ TOY_BALANCER_URL: 'nowhere' }),
      /TOY_BALANCER_URL=nowhere: it takes a URL such as/,
    )
    await assert.rejects(site.start({ TOY_TOKEN: 'has spaces' }), /TOY_TOKEN=…: it takes a token/)
  })

  it('are on the connect page, which keeps no access that does not work and says what is wrong in a form', async () => {
    await assert.rejects(
      walkConnectPage(await connectLink(bot), choices('toy_wrong_token')),
      /Toy Cloud does not accept this token/,
    )
    const wrong = { ...choices(TOKEN), balancer: { kind: 'toy', fields: { toyFront: 'FRONT', toyKey: KEY } } }
    await assert.rejects(walkConnectPage(await connectLink(bot), wrong), /The front’s name is small letters/)
    const other = { ...choices(TOKEN), balancer: { kind: 'digitalocean', fields: {} } }
    await assert.rejects(walkConnectPage(await connectLink(bot), other), /Choose one of the balancers/)
  })

  it('are connected through it, up to a pool that is watched', async () => {
    await world.runInstallLine(await walkConnectPage(await connectLink(bot), choices(TOKEN)))
    const at = (label: string, state: string): Promise<unknown> =>
      until(
        async () => (await card(bot, isConnect))?.steps.some((step) => step.label === label && step.state === state),
        { what: `${label}: ${state}`, timeoutMs: 60_000 },
      )
    await at('Take a snapshot', 'doing')
    await bot.client.press('run:/spinup connect snapshot')
    await at('Ready', 'done')
    await until(() => serving().length === 1, { what: 'the origin on the balancer', timeoutMs: 60_000 })
  })

  it('scale out and in', async () => {
    await say(bot, '/spinup policy max=3 mode=observe')
    await say(bot, '/spinup up 2')
    await settledAt(bot, 3)
    assert.deepEqual([world.machines().length, serving().length], [3, 3])
    await say(bot, '/spinup down 2')
    await settledAt(bot, 1)
    await until(() => world.machines().length === 1 && serving().length === 1, { what: 'the clones to be gone' })
    assert.equal(world.machines()[0]!.name, ORIGIN.name)
  })

  it('have their account looked at by the doctor, and leave no secret in log, channel or record', async () => {
    const { text } = await bot.client.say('/spinup doctor')
    const told = text + JSON.stringify(await bot.client.after(0))
    await until(async () => /Toy Cloud account/.test(JSON.stringify(await bot.client.after(0))), { what: 'the check' })
    const seen = told + JSON.stringify(bot.log) + JSON.stringify(await bot.client.after(0))
    assert.ok(!seen.includes(TOKEN) && !seen.includes(KEY))
  })

  it('are disconnected, and the person is told what is left to do at that cloud', async () => {
    await bot.client.say(`/spinup disconnect ${ORIGIN.name}`)
    const gone = await until(() => card(bot, isGone), { what: 'the end', timeoutMs: 60_000 })
    assert.match(gone.text, /Toy Cloud’s control panel/)
  })
})
