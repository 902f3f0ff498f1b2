import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AuditEntry } from '../../src/core/model/audit.ts'
import { verifyLines } from '../../src/store/audit-export.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say } from './story.ts'

describe('the audit of two bots', () => {
  let site: Site
  let one: BotProcess
  let two: BotProcess
  before(async () => {
    site = await createSite()
    one = await site.start()
    await connect(site, one)
    two = await site.start({ SPINUP_PORT: '0' })
  })
  after(() => site.clear())

  it('is one chain with every request in it once, though one of them is killed in the middle', async () => {
    await say(one, '/spinup mode observe')
    const asked = Array.from({ length: 60 }, (_, index) => `deed-${index}`)
    const answered = new Set<string>()
    const work = asked.map(async (reason, index) => {
      const bot = index % 2 === 0 ? one : two
      await bot.client.say(`/spinup pause for 10m ${reason}`)
      answered.add(reason)
      if (answered.size === 20) await one.kill()
    })
    await Promise.allSettled(work)
    assert.ok(answered.size >= 30 && answered.size < 60, `${answered.size} were answered`)

    const response = await fetch(`${two.url}/api/audit.ndjson`)
    const lines = (await response.text()).trim().split('\n')
    const verdict = verifyLines(lines)
    assert.equal(verdict?.kind, 'whole', JSON.stringify(verdict))
    const told = lines
      .map((line) => JSON.parse(line) as AuditEntry)
      .filter(({ action }) => action === 'pause')
      .map(({ detail }) => (detail['request'] as { readonly reason: string }).reason)
    assert.equal(new Set(told).size, told.length, 'none twice')
    assert.deepEqual(
      [...answered].filter((reason) => !told.includes(reason)),
      [],
    )
  })

  it('goes on where it was when the killed one is back', async () => {
    one = await site.start()
    await say(one, '/spinup resume')
    const { text } = await two.client.say('/spinup history 1')
    assert.match(text, /Resumed web by Ada, in the console/)
    const lines = (await (await fetch(`${one.url}/api/audit.ndjson`)).text()).trim().split('\n')
    assert.equal(verifyLines(lines)?.kind, 'whole')
  })
})
