import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Chat } from '../../../src/chat/chat.ts'
import type { CheckLine, DoctorView } from '../../../src/core/model/view.ts'
import { failed, ok, type Check } from '../../../src/engine/doctor/check.ts'
import { chatChecks } from '../../../src/engine/doctor/checks/installation.ts'
import { createDoctor } from '../../../src/engine/doctor/doctor.ts'
import type { Doctor } from '../../../src/engine/services.ts'
import { createCheckUps } from '../../../src/store/check-ups.ts'
import { quiet } from '../../redis.ts'
import { until } from '../../wait.ts'
import { createIdentities } from '../../../src/store/identities.ts'
import { startRig, type Rig } from '../rig.ts'

describe('the doctor', () => {
  let rig: Rig
  const doctors: Doctor[] = []
  before(async () => {
    rig = await startRig()
  })
  after(async () => {
    await Promise.all(doctors.map((doctor) => doctor.stop()))
    await rig.stop()
  })
  beforeEach(() => rig.reset())

  const use = (checks: readonly Check[], options: { readonly buttonMs?: number } = {}): Doctor => {
    const doctor = createDoctor({
      checkUps: createCheckUps(rig.redis),
      checks: () => checks,
      log: quiet,
      paceMs: 20,
      ...options,
    })
    doctors.push(doctor)
    rig.services = { ...rig.services, doctor }
    return doctor
  }
  const shown = async (): Promise<DoctorView> => {
    const views = await rig.views('doctor')
    assert.equal(views.length, 1, 'one card')
    return views[0]!
  }
  const line = (view: DoctorView, name: string): CheckLine | undefined => view.checks.find((one) => one.name === name)
  const settled = (): Promise<DoctorView> =>
    until(
      async () => {
        const view = await shown()
        const waits = view.checks.filter(({ state }) => state === 'waiting').map(({ name }) => name)
        return waits.length === 0 || (waits.length === 1 && waits[0] === 'Buttons') ? view : null
      },
      { what: 'every check' },
    )

  it('fills one card in while checks run side by side, a slow one within its deadline', async () => {
    let go = (): void => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    use([
      { name: 'Quick', fix: 'nothing', run: async () => ok('Quick', 'at once') },
      {
        name: 'Slow',
        fix: 'nothing',
        run: async () => {
          await gate
          return [ok('Slow: one', 'at last'), failed('Slow: two', 'broken', 'Mend it.')]
        },
      },
      { name: 'Mute', fix: 'Ring twice.', deadlineMs: 50, run: () => new Promise(() => undefined) },
      { name: 'Clumsy', fix: 'Hold it.', run: () => Promise.reject(new Error('dropped')) },
    ])
    assert.deepEqual(await rig.ask({ kind: 'doctor' }), [])
    assert.equal((await shown()).checks.length, 4 + 8 + 1, 'all are told of from the beginning')
    const early = await until(
      async () => {
        const view = await shown()
        return line(view, 'Quick')?.state === 'ok' && line(view, 'Mute')?.state === 'failed' ? view : null
      },
      { what: 'the quick ones' },
    )
    assert.equal(line(early, 'Slow')?.state, 'waiting')
    assert.deepEqual(line(early, 'Mute'), failed('Mute', 'no answer within 50 ms', 'Ring twice.'))
    assert.deepEqual(line(early, 'Clumsy'), failed('Clumsy', 'dropped', 'Hold it.'))
    assert.ok(early.actions.every(({ action }) => action.startsWith('doctor:press:')))
    go()
    const late = await settled()
    assert.deepEqual(line(late, 'Slow: two'), failed('Slow: two', 'broken', 'Mend it.'))
    assert.deepEqual(
      late.actions.map(({ label }) => label),
      ['Press me', 'Check again'],
    )
  })

  it('times the press of its button to the edited card, whichever bot hears it', async () => {
    use([])
    await rig.ask({ kind: 'doctor' })
    const [press] = (await settled()).actions
    const id = press!.action.replace('doctor:press:', '')
    use([])
    assert.deepEqual(await rig.ask({ kind: 'doctor', press: id }), [])
    const view = await until(
      async () => {
        const now = await shown()
        return / ms|\d s/.test(line(now, 'Buttons')?.detail ?? '') ? now : null
      },
      { what: 'the time' },
    )
    assert.match(line(view, 'Buttons')?.detail ?? '', /^ok, [\d.]+ m?s from Ada’s press to the edited card$/)
    assert.ok(view.actions.every(({ action }) => !action.startsWith('doctor:press:')))
    const [again] = await rig.ask({ kind: 'doctor', press: id })
    assert.ok(again?.kind === 'answer')
    assert.equal(again.title, 'Pressed already')
  })

  it('answers a press that comes too late, and one of a check-up that nobody remembers', async () => {
    use([], { buttonMs: 1 })
    await rig.ask({ kind: 'doctor' })
    await until(async () => line(await shown(), 'Buttons')?.state === 'skipped', { what: 'the end of waiting' })
    const [own = ''] = [...(await rig.cards()).keys()].flatMap((key) => /^doctor:(.+)$/.exec(key)?.[1] ?? [])
    for (const [id, title] of [
      [own, 'Too late: nobody waited any more'],
      ['0123456789abcdef', 'That check-up is over'],
    ] as const) {
      const [view] = await rig.ask({ kind: 'doctor', press: id })
      assert.ok(view?.kind === 'answer')
      assert.equal(view.title, title)
    }
    assert.equal(await rig.redis.exists('spinup:doctor:{0123456789abcdef}'), 0)
  })

  it('works without a pool', async () => {
    await rig.redis.flushall()
    use([{ name: 'Redis', fix: '', run: async () => ok('Redis', 'there') }])
    await rig.ask({ kind: 'doctor' })
    assert.deepEqual(
      (await settled()).checks.map(({ name, state }) => [name, state]),
      [
        ['Redis', 'ok'],
        ['Buttons', 'waiting'],
      ],
    )
  })

  describe('looks at a pool', () => {
    const check = async (name: string): Promise<CheckLine> => {
      use([])
      await rig.ask({ kind: 'doctor' })
      const views = await until(
        async () => {
          const view = (await rig.views('doctor')).at(-1)
          return view?.checks.every(({ state, name: of }) => state !== 'waiting' || of === 'Buttons') === true
            ? view
            : null
        },
        { what: 'the checks' },
      )
      return line(views, `${name} of web`)!
    }

    it('and finds nothing wrong where all is well', async () => {
      await rig.run(12, 0.3)
      const { ledger } = createIdentities(rig.redis)
      const agent = { boot: 'boot-aaaa', version: '1.2.0', host: 'shop', clockAheadMs: 0, notes: [] }
      const claim = { poolId: 'web', memberId: 'web-1', ...agent, seq: 0, count: 1, stats: ['cpu'] }
      const answer = await ledger.claim(claim)
      assert.ok(answer.kind === 'claimed' && (await ledger.commit(claim, answer.token)))
      use([])
      await rig.ask({ kind: 'doctor' })
      const view = await settled()
      assert.deepEqual(
        view.checks.map(({ name, state, detail }) => [name, state, state === 'ok' ? '' : detail]),
        [
          ['Droplet of web', 'ok', ''],
          ['App of web', 'ok', ''],
          ['Agents of web', 'ok', ''],
          ['Agent reports of web', 'ok', ''],
          ['Agent clocks of web', 'ok', ''],
          ['Agent version of web', 'ok', ''],
          ['Load of web', 'ok', ''],
          ['Balancer of web', 'ok', ''],
          ['Buttons', 'waiting', 'press “Press me” below'],
        ],
      )
    })

    it('and tells of a droplet that is gone, or switched off', async () => {
      const { originDropletId } = (await rig.state()).pool
      await rig.yard.power(originDropletId!, 'off')
      assert.deepEqual([(await check('Droplet')).state, (await check('Droplet')).detail], ['failed', 'web is off'])
      rig.yard.droplets.clear()
      assert.match((await check('Droplet')).fix ?? '', /spinup disconnect web/)
    })

    it('and tells of silent agents', async () => {
      await rig.grow(1)
      await rig.run(12, 0.3)
      rig.pass(120_000)
      await rig.report(0.3, 1, ['web-1'])
      const told = await check('Agents')
      assert.deepEqual([told.state, told.detail], ['warn', 'web-2 silent for 2 min'])
      assert.match(told.fix ?? '', /^On web-2: /)
    })

    it('and tells of a balancer that is away, or has forgotten a member', async () => {
      rig.door.shut = true
      assert.deepEqual(await check('Balancer'), {
        name: 'Balancer of web',
        state: 'failed',
        detail: 'The door is shut; open it.',
        fix: 'Start the balancer again; members are hooked on again by themselves.',
      })
      rig.door.shut = false
      rig.door.backends.clear()
      assert.match((await check('Balancer')).detail, /does not know web-1/)
    })

    it('and names what of the balancer’s set-up is in the way', async () => {
      await rig.run(12, 0.3)
      let obstacle: string | null = null
      rig.door.obstacle = async () => obstacle
      assert.equal((await check('Balancer')).state, 'ok')
      obstacle = 'it takes every droplet tagged "web"'
      assert.deepEqual(await check('Balancer'), {
        name: 'Balancer of web',
        state: 'failed',
        detail: obstacle,
        fix: 'Members join and leave again as soon as that is changed.',
      })
    })

    it('and tells of an app that does not answer', async () => {
      const state = await rig.state()
      await rig.change({ members: { put: state.members.map((member) => ({ ...member, url: 'http://127.0.0.1:1' })) } })
      const told = await check('App')
      assert.equal(told.state, 'failed')
      assert.match(told.detail, /^web-1: /)
      assert.match(told.fix ?? '', /2xx/)
    })
  })

  it('asks a chat of the channel it was asked in, and others of none', async () => {
    const asked: (string | null)[] = []
    const chat = (platform: string): Chat => ({
      platform,
      start: async () => undefined,
      show: async () => undefined,
      stop: async () => undefined,
      checkUp: async (channel) => {
        asked.push(channel)
        return [ok(`${platform}: posting`, 'fine')]
      },
    })
    const { checkUp: _, ...plain } = chat('console')
    const checks = chatChecks([chat('slack'), chat('discord'), plain], {
      platform: 'slack',
      channel: 'T1/C1',
      tenant: null,
    })
    assert.deepEqual(
      checks.map(({ name }) => name),
      ['Slack', 'Discord'],
    )
    await Promise.all(checks.map((one) => one.run(new AbortController().signal)))
    assert.deepEqual(asked, ['T1/C1', null])
  })
})
