import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Beside, SeriesAnswer, StatsPool } from '../../src/core/model/stats-page.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { examplePool } from '../store/example-state.ts'
import { running } from '../running.ts'
import { startExampleStats } from './example-stats.ts'
import { ask, post } from './http.ts'

describe('the API of series', () => {
  const example = running(() => startExampleStats({ hours: 5, members: 2, stats: 3, everyMs: 10_000 }))

  const get = async (
    path: string,
  ): Promise<{ readonly status: number; readonly body: string; readonly type: string }> => {
    const { status, body, headers } = await ask(example.web.url + path)
    return { status, body, type: String(headers['content-type']) }
  }
  const series = async (query: string): Promise<SeriesAnswer> => {
    const { status, body } = await get(`/api/series?${query}`)
    assert.equal(status, 200, body)
    return JSON.parse(body) as SeriesAnswer
  }

  it('lists every stat that was reported, of a pool or of all', async () => {
    const { body } = await get('/api/stats?pool=web')
    assert.deepEqual((JSON.parse(body) as StatsPool).stats, ['cpu', 'memory', 'queue'])
    const all = JSON.parse((await get('/api/stats')).body) as { readonly pools: readonly StatsPool[] }
    assert.deepEqual(
      all.pools.map(({ name }) => name),
      ['web'],
    )
  })

  it('has mean, lowest and highest of all together, and of each member', async () => {
    const { pool, series: lines } = await series('pool=web&stat=cpu,queue&from=-1h&by=member&points=60')
    assert.equal(pool.name, 'web')
    assert.deepEqual(
      lines.map(({ stat, member }) => `${stat} ${member}`),
      ['cpu null', 'cpu web-1', 'cpu web-2', 'queue null', 'queue web-1', 'queue web-2'],
    )
    for (const { at, mean, min, max, stat, stepMs } of lines) {
      assert.ok(at.length >= 30 && at.length <= 60, `${stat}: ${at.length}`)
      assert.ok([mean, min, max].every((list) => list.length === at.length))
      assert.ok(
        mean.every((value, index) => value === null || (min[index]! <= value && value <= max[index]!)),
        stat,
      )
      assert.equal(stepMs % 1000, 0)
    }
  })

  it('has at most the points that were asked for, of any range, from what is finest and still kept', async () => {
    for (const [query, least] of [
      ['from=-1m&points=600', 5],
      ['from=-5h&points=600', 150],
      ['from=-30d&points=1000', 10],
      ['from=-1h&points=2', 1],
    ] as const) {
      const [line] = (await series(`pool=web&stat=cpu&${query}`)).series
      const most = Number(/points=(\d+)/.exec(query)?.[1])
      assert.ok((line?.at.length ?? 0) <= most && (line?.at.length ?? 0) >= least, `${query}: ${line?.at.length}`)
    }
  })

  it('has fewer points where there are many lines, as all of them are the work of one request', async () => {
    const many = await startExampleStats({ hours: 1, members: 10, stats: 4, everyMs: 60_000 })
    try {
      const { body } = await ask(
        `${many.web.url}/api/series?stat=cpu,memory,queue,checkout.ms&by=member&from=-39d&points=4000`,
      )
      const { series: lines } = JSON.parse(body) as SeriesAnswer
      assert.equal(lines.length, 44)
      const points = lines.reduce((sum, { at }) => sum + at.length, 0)
      assert.ok(points > 50_000 && points <= 100_000, String(points))
    } finally {
      await many.stop()
    }
  })

  it('takes times in the ways that programs have them', async () => {
    const now = example.rig.now()
    const iso = new Date(now - 3_600_000).toISOString()
    for (const from of [
      String(now - 3_600_000),
      String(Math.round((now - 3_600_000) / 1000)),
      iso,
      '-1h',
      iso.replace('Z', '%2B00:00'),
    ]) {
      const { fromAt } = await series(`pool=web&stat=cpu&from=${from}&to=${now}`)
      assert.ok(Math.abs(fromAt - (now - 3_600_000)) < 1000, from)
    }
  })

  it('is a table that a spreadsheet opens', async () => {
    const { body, type } = await get('/api/series?pool=web&stat=cpu&from=-1h&by=member&points=30&format=csv')
    assert.match(type, /^text\/csv/)
    const [head = '', ...rows] = body.trimEnd().split('\r\n')
    assert.equal(
      head,
      [
        'time (Europe/Berlin)',
        'UTC',
        ...['cpu', 'web-1 cpu', 'web-2 cpu'].flatMap((name) =>
          ['mean', 'min', 'max'].map((figure) => `web ${name} ${figure}`),
        ),
      ].join(','),
    )
    assert.ok(rows.length > 20)
    for (const row of rows)
      assert.match(row, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{4}-\d\d-\d\dT[\d:.]{12}Z(,[\d.]*){9}$/)
  })

  it('says in words what is wrong', async () => {
    const faults: readonly (readonly [string, number, RegExp])[] = [
      ['pool=web', 400, /Say which statistic: stat=cpu/],
      ['pool=web&stat=cpus', 404, /No statistic called cpus: there are cpu, memory, queue\. Did you mean cpu\?/],
      ['pool=wob&stat=cpu', 404, /no pool called wob: there are web/],
      ['stat=cpu&from=tomorrowish', 400, /from is a time such as 2026-11-30T14:00:00Z/],
      ['stat=cpu&from=2026-02-30', 400, /from is a time such as/],
      ['stat=cpu&to=2026-11-31T10:00:00Z', 400, /to is a time such as/],
      ['stat=cpu&to=2026-13-01', 400, /to is a time such as/],
      ['stat=cpu&from=now', 400, /ends before it begins/],
      ['stat=cpu&from=2020-01-01', 400, /Nothing older than 40 days/],
      ['stat=cpu&points=1e9', 400, /points is a whole number from 2 to 4000/],
      ['stat=cpu&by=droplet', 400, /by can only be member/],
      ['stat=cpu&format=xml', 400, /format is json or csv/],
      ['stat=cpu&form=csv', 400, /There is no parameter form; there are pool, stat/],
      ['stat=cpu&stat=memory', 400, /stat is given twice; put commas/],
      [`stat=${'a,'.repeat(40)}`, 400, /At most 32 statistics/],
    ]
    for (const [query, status, words] of faults) {
      const answer = await get(`/api/series?${query}`)
      assert.equal(answer.status, status, query)
      assert.match((JSON.parse(answer.body) as { readonly message: string }).message, words)
    }
  })

  it('shows no pool of another team, by its name or its id', async () => {
    await example.rig.services.store.create(examplePool({ id: 'theirs', name: 'shop', tenant: 'slack:T2' }))
    const asked = [
      '/api/series?stat=cpu&pool=',
      '/api/stats?pool=',
      '/api/stats/beside?pool=',
      '/api/stats/range?text=1h&pool=',
    ]
    for (const path of asked)
      for (const name of ['theirs', 'shop']) assert.equal((await get(path + name)).status, 404, path + name)
    assert.ok(!(await get('/api/stats')).body.includes('shop'))
    assert.ok(!(await get('/stats')).body.includes('theirs'))
    const wish = {
      pool: 'shop',
      stats: ['cpu'],
      fromAt: example.rig.now() - 1000,
      toAt: example.rig.now(),
      byMember: false,
      member: null,
    }
    assert.equal((await post(`${example.web.url}/api/stats/post`, wish)).status, 404)
  })

  it('posts nothing for what cannot be shown', async () => {
    const now = example.rig.now()
    const good = { pool: 'web', stats: ['cpu'], fromAt: now - 3_600_000, toAt: now, byMember: false, member: null }
    for (const [odd, words] of [
      [{ stats: [] }, /Send/],
      [{ stats: Array(9).fill('cpu') }, /Send/],
      [{ member: 3 }, /Send/],
      [{ fromAt: now }, /ends before it begins\. Nothing was posted/],
      [{ fromAt: 0 }, /earlier than the 40 days that are kept/],
      [{ toAt: now + 1e9 }, /reaches into the future/],
    ] as const) {
      const { status, body } = await post(`${example.web.url}/api/stats/post`, { ...good, ...odd })
      assert.equal(status, 400, JSON.stringify(odd))
      assert.match(body, words)
    }
    assert.equal((await post(`${example.web.url}/api/stats/post`, { ...good, stats: ['nothing'] })).status, 404)
    assert.equal(example.posted.length, 0)
    const { body } = await post(`${example.web.url}/api/stats/post`, { ...good, stats: ['cpu', 'memory', 'queue'] })
    assert.deepEqual(JSON.parse(body), { cards: 2 })
  })

  it('says what happened, with a page for each that opens', async () => {
    await example.rig.ask({ kind: 'pause', forMs: 3_600_000, reason: 'deploy' })
    const { body } = await get('/api/stats/beside?pool=web&from=-5h')
    const { marks, members, cost } = JSON.parse(body) as Beside
    assert.deepEqual(
      marks.map(({ kind }) => kind),
      ['out', 'in', 'pin', 'pin'],
    )
    assert.deepEqual([members?.value.at(-1), members?.most], [2, 10])
    assert.ok(cost.dollars > 0)
    for (const { page } of marks) assert.equal((await get(`/e/${page}`)).status, 200, page)
    assert.equal((await get('/e/entry-99999')).status, 404)
  })

  it('is where cards of statistics lead, for the console’s team alone', async () => {
    const { rig } = example
    const before = rig.services
    const asked = { kind: 'stats', stat: 'cpu', also: 'queue', rangeMs: 3_600_000, member: null } as const
    const [card] = await rig.ask(asked)
    assert.deepEqual([card?.page?.of, card?.page?.url], ['stats', null])
    rig.services = { ...before, consoleUrl: 'https://bot.example' }
    const [linked] = await rig.ask(asked)
    rig.services = before
    const url = new URL(linked?.page?.url ?? '')
    assert.equal(url.origin + url.pathname, 'https://bot.example/stats')
    assert.deepEqual([url.searchParams.get('pool'), url.searchParams.get('stats')], ['web', 'cpu,queue'])
    const [from, to] = ['from', 'to'].map((name) => Date.parse(url.searchParams.get(name) ?? ''))
    assert.deepEqual([from, to], [rig.now() - 3_600_000, rig.now()])
    assert.equal((await get(`/stats${url.search}`)).status, 200)
    const theirs = { platform: 'slack', channel: 'C1', tenant: 'slack:T9' }
    await rig.services.store.create(examplePool({ id: 'nine', name: 'nine', tenant: 'slack:T9' }))
    const sample = { memberId: 'nine-1', at: rig.now(), stats: { cpu: 0.5 } }
    await createSeriesStore(rig.redis, { now: rig.now }).append([{ poolId: 'nine', sample, periodMs: 1000 }])
    const [other] = await rig.ask({ ...asked, stat: 'cpu', also: 'cpu' }, undefined, theirs)
    assert.equal(other?.kind, 'stats')
    assert.equal(other?.page, undefined)
  })
})

describe('a link to a view, for somebody who is not signed in', () => {
  const example = running(() =>
    startExampleStats({ hours: 0.1, members: 1, stats: 1, everyMs: 10_000 }, { password: 'correct horse' }),
  )

  it('leads there after the sign-in, whatever the view is, and nowhere else', async () => {
    const { url } = example.web
    for (const path of [
      '/stats',
      '/stats?pool=web&stats=cpu,queue&from=2026-09-21T10:00:00Z&to=2026-09-21T11:00:00Z',
      '/stats/wall?pools=web',
      '/e/ab12',
    ]) {
      const asked = await ask(url + path)
      assert.deepEqual([asked.status, asked.headers.location], [303, '/login'], path)
      const [meant = ''] = String(asked.headers['set-cookie']).split(';', 1)
      const signedIn = await ask(url, { headers: { cookie: meant, authorization: 'Bearer correct horse' } })
      assert.deepEqual([signedIn.status, signedIn.headers.location], [303, path])
    }
    for (const odd of [
      'https://evil.example/stats',
      '//evil.example/stats',
      '/stats/../login',
      '/api/series',
      '/stats\r\nx: y',
      '%',
    ]) {
      const cookie = `spinup_meant=${odd === '%' ? '%' : encodeURIComponent(odd)}`
      const { status } = await ask(url, { headers: { cookie, authorization: 'Bearer correct horse' } })
      assert.equal(status, 200, odd)
    }
    for (const path of ['/api/series?stat=cpu', '/api/stats', '/api/stats/beside', '/api/stats/range?text=1h'])
      assert.equal((await ask(url + path)).status, 401, path)
  })
})
