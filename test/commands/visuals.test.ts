import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createVisualsService } from '../../src/app/visuals.ts'
import { createCommandService } from '../../src/command-service.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { complete } from '../../src/commands/dispatch/complete.ts'
import type { VisualsChoice } from '../../src/commands/visuals.ts'
import type { Asker, Place } from '../../src/core/model/platforms.ts'
import type { AnswerView, VisualView } from '../../src/core/model/view.ts'
import { MOST } from '../../src/core/visual/library.ts'
import type { VisualsCaller } from '../../src/web/api/service.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { OPS, THEIRS } from '../notify/stage.ts'
import { running } from '../running.ts'
import { ada, examplePool } from '../store/example-state.ts'

/** Draws its words. */
const module = (words: string, more = ''): string => `export default {
  title: 'Words', summary: 'says ${words}', needs: { tags: ['tags'], range: '1d' }, options: { size: 20, loud: false },
  ${more}
  draw: (data, options, kit) => [['text', { y: 40, 'font-size': options.size, fill: kit.colours.text }, '${words}']],
  describe: (data) => '${words}: ' + data.tags.map(({ name }) => name).join(', ') + ' of ' + data.pool,
}`

describe('a team’s own visualisations', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset()
    await rig.report(0.3, 60)
    await rig.services.texts.add('web', rig.now(), { tags: { redis: 5 } })
  })

  const ask = async (
    choice: VisualsChoice,
    place: Place = HERE,
    roles: readonly string[] = [],
  ): Promise<AnswerView> => {
    const [view] = await rig.ask({ kind: 'visuals', choice }, ada, place, roles)
    assert.ok(view?.kind === 'answer', JSON.stringify(view))
    return view
  }
  const save = (name: string, source: string, place: Place = HERE): Promise<AnswerView> =>
    ask({ kind: 'save', name, source, over: null }, place)
  const alt = async (visual: string, place: Place = HERE): Promise<string> => {
    const show = { visual, of: [], rangeMs: null, options: {} }
    const [view] = await rig.ask({ kind: 'show', show }, ada, place)
    assert.ok(view?.kind === 'visual', JSON.stringify(view))
    return view.chart.alt
  }

  it('is kept, listed before what is shipped, completed and shown like any other', async () => {
    const kept = await save('shout', module('hello'))
    assert.equal(kept.title, 'shout is kept')
    assert.equal(await alt('shout'), 'hello: tags of web')
    const list = await ask({ kind: 'list' })
    assert.deepEqual(
      list.fields.slice(0, 2).map(({ name, value }) => `${name}: ${value.slice(0, 30)}`),
      ['shout: yours, version 1: says hello', 'calendar: on which days the pool grew an'],
    )
    const service = createCommandService(rig.services, { asked: async () => undefined })
    const facts = { ...(await service.facts(asker(), null)), commands: [] }
    const offered = (text: string): readonly string[] => complete(text, facts).map((one) => one.text)
    assert.equal(offered('/spinup show sh')[0], '/spinup show shout')
    assert.ok(offered('/spinup show shout ').includes('/spinup show shout size=20'))
    assert.deepEqual(offered('/spinup visuals undo '), ['/spinup visuals undo shout'])
  })

  it('draws in both themes what it is given, with its own options', async () => {
    await save('shout', module('hello'))
    const show = { visual: 'shout', of: ['tags'], rangeMs: null, options: { size: '60' } }
    const [view] = await rig.ask({ kind: 'show', show })
    const spec = await rig.services.charts.loadAny((view as VisualView).chart.id)
    assert.ok(spec !== null && 'kind' in spec)
    assert.deepEqual(spec.options, { size: 60 })
    const [dark, light] = [await rig.services.visuals.png(spec, 'dark'), await rig.services.visuals.png(spec, 'light')]
    assert.notDeepEqual(dark, light)
  })

  it('has versions, of which an earlier one comes back as a new one', async () => {
    for (const words of ['one', 'two', 'three']) {
      rig.pass(60_000)
      await save('shout', module(words))
    }
    const shown = await ask({ kind: 'one', name: 'shout' })
    assert.equal(shown.title, 'shout: 3 versions')
    assert.match(shown.fields[0]!.value, /Ada/)
    assert.match(shown.text, /Edit it at http:\/\/bot\/visuals#shout\.$/)
    assert.deepEqual(
      shown.actions.map(({ action }) => action),
      ['run:/spinup visuals undo shout 2', 'run:/spinup visuals remove shout'],
    )
    await ask({ kind: 'undo', name: 'shout', version: null })
    assert.equal(await alt('shout'), 'two: tags of web')
    await ask({ kind: 'undo', name: 'shout', version: 1 })
    assert.equal(await alt('shout'), 'one: tags of web')
    assert.match((await ask({ kind: 'one', name: 'shout' })).fields[0]!.value, /version 1 again/)
    await assert.rejects(ask({ kind: 'undo', name: 'shout', version: 9 }), /no version 9 any more; there are 5, 4/)
    await assert.rejects(ask({ kind: 'undo', name: 'shout', version: 5 }), /Version 5 is what shout is now/)
  })

  it('is no new version when it is the same again, and has nothing to undo while it has one', async () => {
    await save('shout', module('hello'))
    const again = await save('shout', module('hello'))
    assert.equal(again.title, 'shout is kept like this already')
    assert.equal((await rig.services.ownVisuals.find(null, 'shout'))?.versions.length, 1)
    await assert.rejects(ask({ kind: 'undo', name: 'shout', version: null }), /only one version/)
  })

  it('is removed, and comes back', async () => {
    await save('shout', module('hello'))
    const [view] = await rig.ask({ kind: 'show', show: { visual: 'shout', of: [], rangeMs: null, options: {} } })
    const gone = await ask({ kind: 'remove', name: 'shout' })
    assert.deepEqual(
      gone.actions.map(({ action }) => action),
      ['run:/spinup visuals undo shout 1'],
    )
    await assert.rejects(alt('shout'), /no visualisation called shout; there are calendar/)
    await assert.rejects(ask({ kind: 'remove', name: 'shout' }), /Your team has no visualisation called shout/)
    // What it drew is drawn still.
    const spec = await rig.services.charts.loadAny((view as VisualView).chart.id)
    assert.ok(spec !== null && 'kind' in spec)
    assert.ok((await rig.services.visuals.png(spec, 'dark')).length > 100)
    await ask({ kind: 'undo', name: 'shout', version: null })
    assert.equal(await alt('shout'), 'hello: tags of web')
  })

  for (const [what, name, source, words] of [
    [
      'that is no JavaScript',
      'broken',
      'export default {\n  title: 1,\n  oops(\n',
      /broken was not kept: line \d: .*SyntaxError|line \d/,
    ],
    ['that throws', 'broken', '\n\nthrow new Error("early")\nexport default {}', /not kept: line 3: early/],
    ['that exports nothing', 'broken', 'const a = 1', /not kept: line 1: the module has no `export default/],
    [
      'without a title',
      'broken',
      '// mine\nexport default { needs: {}, draw() {} }',
      /not kept: line 2: it has no title/,
    ],
    ['without draw', 'broken', '\nexport default { title: "a", needs: {} }', /line 2: it has no draw/],
    [
      'whose needs are no names',
      'broken',
      module('a').replace("['tags']", '[1]'),
      /line 1: its needs\.tags\.0 is not as it has to be/,
    ],
    ...['soon', '0d', '-1d', ''].map(
      (range) =>
        [
          `whose range is no duration: “${range}”`,
          'broken',
          module('a').replace('needs: {', `needs: { range: '${range}',`).replace(", range: '1d'", ''),
          /line 1: its needs\.range is not as it has to be: it is a duration, such as 6h/,
        ] as const,
    ),
    ['that imports', 'broken', `import 'node:fs'\n${module('a')}`, /imports nothing, so not node:fs/],
    ['that never ends', 'broken', 'for (;;) {}', /not kept: it took (more|longer) than \d s/],
    [
      'that is too large',
      'broken',
      `${module('a')}// ${'x'.repeat(MOST.sourceBytes)}`,
      /it has 65 KiB, and 64 are the most/,
    ],
    ['with a token in it', 'broken', `${module('a')} // dop_v1_${'0a'.repeat(32)}`, /it holds a DigitalOcean token/],
    ['of a shipped one’s name', 'wordcloud', module('a'), /There is “wordcloud” already/],
    ['of such a name in other words', 'word-cloud', module('a'), /There is “wordcloud” already/],
    ['of a pool’s name', 'web', module('a'), /There is “web” already/],
    ['of a name that cannot be typed', 'My Cloud', module('a'), /“My Cloud” is not a name/],
    ['of a name of objects', '__proto__', module('a'), /is not a name/],
  ] as const) {
    it(`refuses one ${what}`, async () => {
      await assert.rejects(save(name, source), words)
      assert.deepEqual(await rig.services.ownVisuals.of(null), [])
    })
  }

  it('is bounded: so many of them, versions and bytes, and what was removed makes room', async () => {
    for (let index = 0; index < MOST.visuals; index++) await save(`own-${index}`, module('a'))
    await assert.rejects(save('one-more', module('a')), /as many as a team may keep; remove one first/)
    await ask({ kind: 'remove', name: 'own-7' })
    await save('one-more', module('a'))
    const names = (await rig.services.ownVisuals.of(null)).map(({ name }) => name)
    assert.equal(names.length, MOST.visuals)
    assert.ok(!names.includes('own-7') && names.includes('one-more'))
    assert.equal(await rig.services.ownVisuals.source(null, 'own-7', 1), null)
    for (let index = 0; index < MOST.versions + 2; index++) await save('one-more', module(`words ${index}`))
    const { versions } = (await rig.services.ownVisuals.find(null, 'one-more'))!
    assert.equal(versions.length, MOST.versions)
    assert.equal(await rig.services.ownVisuals.source(null, 'one-more', 1), null)
    const large = (index: number): string => `${module('a')} // ${String(index).repeat(60_000)}`
    for (let index = 1; index < 7; index++) await save('one-more', large(index))
    const kept = (await rig.services.ownVisuals.find(null, 'one-more'))!.versions
    assert.ok(kept.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST.keptBytes, JSON.stringify(kept.length))
    assert.ok(kept.length >= 4)
  })

  it('is of its team alone: another neither sees, shows, changes nor is in its way', async () => {
    await rig.services.store.create(examplePool({ id: 'theirs', name: 'theirs', tenant: THEIRS.tenant }))
    await rig.services.texts.add('theirs', rig.now(), { tags: { secret: 1 } })
    await save('shout', module('ours'))
    assert.ok((await ask({ kind: 'list' }, THEIRS)).fields.every(({ name }) => name !== 'shout'))
    for (const choice of [
      { kind: 'one', name: 'shout' },
      { kind: 'undo', name: 'shout', version: null },
      { kind: 'remove', name: 'shout' },
    ] as const) {
      await assert.rejects(ask(choice, THEIRS), /Your team has no visualisation called shout/)
    }
    await assert.rejects(alt('shout', THEIRS), /no visualisation called shout/)
    await save('shout', module('theirs'), THEIRS)
    assert.equal(await alt('shout', THEIRS), 'theirs: tags of theirs')
    assert.equal(await alt('shout'), 'ours: tags of web')
    const service = createVisualsService(rig.services, async () => undefined)
    await assert.rejects(service.attempt(caller(THEIRS), { ...ORDER, pool: 'web' }), /no pool called web/)
    await assert.rejects(
      service.show(caller(THEIRS), { ...ORDER, name: 'shout', every: null, place: 'console:main' }),
      /none of your team’s/,
    )
  })

  it('is changed only by those who may answer, while the team is asked first', async () => {
    await save('shout', module('hello'))
    await save('shout', module('again'))
    await rig.reset({ mode: 'approve', approvers: ['slack:U9'] })
    const changes: readonly VisualsChoice[] = [
      { kind: 'save', name: 'shout', source: module('mine'), over: null },
      { kind: 'undo', name: 'shout', version: null },
      { kind: 'remove', name: 'shout' },
    ]
    for (const choice of changes) await assert.rejects(ask(choice), /Only those who may answer proposals/)
    assert.equal((await ask({ kind: 'list' })).tone, 'info')
    assert.equal((await ask(changes[0]!, HERE, ['console'])).tone, 'good')
  })

  it('is of the pools that a token reaches, in channels of its team', async () => {
    await rig.services.store.create(examplePool({ id: 'api', name: 'api' }))
    await rig.services.notices.join(OPS, 'web')
    const service = createVisualsService(rig.services, async () => undefined)
    const place = { platform: 'token', channel: 'ci', tenant: null }
    const token: VisualsCaller = { asker: { ...asker(place), token: true }, reaches: (id) => id === 'web' }
    const listed = await service.list(token)
    assert.deepEqual(
      listed.pools.map(({ name }) => name),
      ['web'],
    )
    assert.deepEqual(
      listed.places.map(({ id }) => id),
      ['console:console', 'slack:T1/C1'],
    )
    await service.save(token, 'shout', module('hello'), null)
    const order = { ...ORDER, source: module('hello') }
    assert.ok('drawn' in (await service.attempt(token, { ...order, pool: 'web' })))
    const show = { ...ORDER, name: 'shout', every: null, place: 'slack:T1/C1' }
    assert.equal(await service.show(token, show), 'Shown in Slack C1')
    await assert.rejects(service.attempt(token, { ...order, pool: 'api' }), /no pool called api/)
    await assert.rejects(service.show(token, { ...show, pool: 'api' }), /no pool called api/)
    await assert.rejects(service.show(token, { ...show, place: 'token:ci' }), /none of your team’s/)
    await rig.reset({ mode: 'approve', approvers: ['slack:U9'] })
    await assert.rejects(service.save(token, 'shout', module('again'), null), /Only those who may answer/)
  })

  it('changes nothing for somebody who may only look', async () => {
    const service = createVisualsService(rig.services, async () => undefined)
    const guest = { asker: { ...asker(), readOnly: true }, reaches: () => true } as const
    await assert.rejects(service.save(guest, 'shout', module('a'), null), /may look here and change nothing/)
    await assert.rejects(service.undo(guest, 'shout', null), /may look here and change nothing/)
    await assert.rejects(service.remove(guest, 'shout'), /may look here and change nothing/)
    assert.equal((await service.list(guest)).visuals.length, rig.services.visuals.names.length)
  })

  it('is in the audit: who saved, undid, removed what, and what was refused; never its whole source', async () => {
    await save('shout', module('hello', `// ${'long '.repeat(2000)}`))
    await assert.rejects(save('shout', 'nonsense('))
    await save('shout', module('two'))
    await ask({ kind: 'undo', name: 'shout', version: 1 })
    await ask({ kind: 'remove', name: 'shout' })
    await ask({ kind: 'list' })
    const entries = (await rig.services.auditLog.newest(20, ({ action }) => action === 'visuals')).toReversed()
    assert.deepEqual(
      entries.map(({ what, outcome }) => `${what.replace(/ \(.*/, '')} ${outcome}`),
      [
        'visuals save shout done',
        'visuals save shout refused',
        'visuals save shout done',
        'visuals undo shout 1 done',
        'visuals remove shout done',
      ],
    )
    assert.ok(entries.every(({ actor }) => actor.id === ada.id))
    assert.ok(JSON.stringify(entries[0]).length < 3000)
  })

  it('cannot be of a name that means something in chat, which `show` would not reach', async () => {
    const service = createVisualsService(rig.services, async () => undefined)
    for (const name of [
      'status',
      'budget',
      'schedules',
      'gauge',
      'cpu',
      'last',
      'every',
      'of',
      'restore',
      'delete',
      'today',
      'for',
    ]) {
      await assert.rejects(service.save(caller(), name, module('a'), null), /means something else in chat/, name)
    }
    assert.deepEqual(await service.save(caller(), 'shout', module('a'), null), {
      name: 'shout',
      version: 1,
      changed: true,
    })
    assert.deepEqual(await service.save(caller(), 'shout', module('a'), null), {
      name: 'shout',
      version: 1,
      changed: false,
    })
  })

  it('is what `show` means, whatever else its name may say', async () => {
    const service = createVisualsService(rig.services, async () => undefined)
    const commands = createCommandService(rig.services, { asked: async () => undefined })
    const { command } = createHandlers(commands)
    for (const name of ['releases', 'cost-by-day', 'what-happened', 'budgets']) {
      await service.save(caller(), name, module(name), null)
      for (const line of [`/spinup show ${name}`, `show me ${name} of tags`, `show web ${name} last 6h size=9`]) {
        const [view] = await command({ text: line, asker: asker() })
        assert.equal(view?.kind === 'visual' ? view.chart.alt : JSON.stringify(view), `${name}: tags of web`, line)
      }
      const [set] = await command({ text: `/spinup show ${name} every mon 9:00`, asker: asker() })
      assert.match(set?.kind === 'answer' ? set.title : '', /every Monday at 09:00/)
    }
  })

  it('keeps both of two that are saved at once, or says so to one of them', async () => {
    await save('shout', module('one'))
    const both = await Promise.allSettled([save('shout', module('two')), save('shout', module('three'))])
    const kept = both.filter(({ status }) => status === 'fulfilled').length
    const { versions } = (await rig.services.ownVisuals.find(null, 'shout'))!
    assert.equal(versions.length, 1 + kept)
    for (const one of both)
      if (one.status === 'rejected') assert.match(String(one.reason), /changed by somebody else just now/)
    assert.notEqual(await rig.services.ownVisuals.source(null, 'shout', versions[0].number), null)
  })

  it('is tried as it is written: drawn, or with what is wrong at its line', async () => {
    const service = createVisualsService(rig.services, async () => undefined)
    const drawn = await service.attempt(caller(), { ...ORDER, source: module('hello'), options: { size: '30' } })
    assert.ok('drawn' in drawn, JSON.stringify(drawn))
    assert.equal(Buffer.from(drawn.drawn.png, 'base64').toString('latin1', 1, 4), 'PNG')
    assert.equal(drawn.drawn.alt, 'hello: tags of web')
    const late = await service.attempt(caller(), {
      ...ORDER,
      source: module('a').replace("[['text'", "[nothing, ['text'"),
    })
    assert.ok('problem' in late)
    assert.deepEqual([late.problem.line, late.problem.message], [4, 'nothing is not defined'])
    const early = await service.attempt(caller(), { ...ORDER, source: 'export default {\n  title: ,\n}' })
    assert.ok('problem' in early)
    assert.equal(early.problem.line, 2)
    assert.deepEqual(await rig.services.ownVisuals.of(null), [])
    const first = (await service.examples())[0]!
    assert.equal(first.name, 'template')
    for (const { name, source } of await service.examples()) {
      const made = await service.attempt(caller(), { ...ORDER, source })
      assert.ok('drawn' in made || name === 'releases', `${name}: ${JSON.stringify(made)}`)
      assert.doesNotMatch(source, /@ts-check|import\(/)
    }
  })
})

const ORDER = { source: '', pool: null, of: [], rangeMs: null, options: {}, theme: 'dark' } as const

function caller(place: Place = HERE): VisualsCaller {
  return { asker: asker(place), reaches: () => true }
}

function asker(place: Place = HERE): Asker {
  return { actor: ada, place, roles: [] }
}
