import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { dump } from '../store/dump.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ask, post, type Answer } from './http.ts'

const PASSWORD = 'correct horse'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

describe('people of the console', () => {
  let redis: TestRedis
  let example: ExampleConsole
  let url: string
  before(async () => {
    redis = await startTestRedis()
    example = await startExampleConsole(await redis.connect(), { password: PASSWORD })
    url = example.web.url
  })
  after(async () => {
    await example.close()
    await redis.stop()
  })
  const bearer = (password: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${password}` })
  const invite = async (name: string, as = PASSWORD): Promise<Answer> =>
    post(`${url}/api/console/people`, { name }, bearer(as))
  const linkOf = (answer: Answer): string => new URL(JSON.parse(answer.body).url).searchParams.get('link') ?? ''
  const open = async (link: string): Promise<Answer> =>
    ask(`${url}/join`, { method: 'POST', headers: FORM, body: new URLSearchParams({ link }).toString() })
  const join = async (name: string): Promise<{ readonly password: string; readonly cookie: string }> => {
    const answer = await open(linkOf(await invite(name)))
    assert.equal(answer.status, 200)
    const password = /value="(spp_[^"]+)"/.exec(answer.body)?.[1] ?? ''
    return { password, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
  }
  const says = async (headers: Readonly<Record<string, string>>, name?: string): Promise<string> => {
    const answer = await post(`${url}/api/console/messages`, { text: '/spinup status', name }, headers)
    assert.equal(answer.status, 200)
    return example.heard.at(-1) ?? ''
  }

  it('come in by a link that works once, and are who they are, whatever they say', async () => {
    const link = linkOf(await invite('Dana Scully'))
    assert.match((await ask(`${url}/join?link=${link}`)).body, /Dana Scully/)
    assert.equal((await open(link)).status, 200)
    assert.equal((await open(link)).status, 410)
    assert.equal((await ask(`${url}/join?link=${link}`)).status, 410)
    const dana = await join('Dana Scully')
    assert.match(await says(bearer(dana.password), 'Fox Mulder'), /^console:dana-scully /)
    assert.match(await says({ cookie: dana.cookie, 'x-spinup-name': 'Fox' }), /^console:dana-scully /)
  })

  it('are nobody that the history has another meaning for', async () => {
    for (const name of [
      'Spinup',
      ' spinup ',
      'ＳＰＩＮＵＰ',
      'spin\u200bup',
      'spinup.',
      'owner',
      'Owner',
      'ｏｗｎｅｒ',
      'Ada (owner)',
    ]) {
      assert.equal((await invite(name)).status, 400, name)
    }
    for (const name of ['Spinup', 'SPINUP', '“Spinup”', 'spin\u200bup']) {
      await says(bearer(PASSWORD), name)
      const { messages } = await example.chat.after(0)
      const line = messages.findLast((message) => message.kind === 'line')
      assert.match(line?.kind === 'line' ? line.actor.name : '', /\(a person\)$/, name)
    }
  })

  it('are one for each name that the history tells apart', async () => {
    await join('Max Power')
    for (const name of ['max power', 'Max-Power', 'MAX-POWER']) {
      const answer = await invite(name)
      assert.equal(answer.status, 409, name)
      assert.match(answer.body, /Max Power goes by that name already/)
    }
    assert.equal((await invite('Max Power')).status, 200, 'a new password for the same person')
  })

  it('are the first of two who were invited under names that read the same', async () => {
    const [one, other] = [linkOf(await invite('Kim Lee')), linkOf(await invite('kim-lee'))]
    assert.equal((await open(one)).status, 200)
    const late = await open(other)
    assert.equal(late.status, 409)
    assert.match(late.body, /joined under that name/)
    assert.equal(late.headers['set-cookie'], undefined)
  })

  it('are not the one who has the console’s password, who goes by any name but theirs', async () => {
    const nameShown = async (given?: string): Promise<string> => {
      await says(bearer(PASSWORD), given)
      const { messages } = await example.chat.after(0)
      const line = messages.findLast((message) => message.kind === 'line')
      return line?.kind === 'line' ? line.actor.name : ''
    }
    await join('Dana Scully')
    assert.deepEqual(
      [await nameShown('Ada'), await nameShown('dana scully'), await nameShown()],
      ['Ada', 'dana scully (owner)', 'owner'],
    )
    assert.match(await says(bearer(PASSWORD), 'Dana Scully'), /^console:owner /)
    assert.match(await says(bearer(PASSWORD)), /^console:owner /)
    assert.equal((await invite('owner')).status, 400)
    assert.equal((await invite(' ')).status, 400)
    assert.equal((await invite('\u202eOwner')).status, 400)
  })

  it('invite and remove nobody, and see nobody', async () => {
    const { password } = await join('Eve')
    assert.equal((await invite('Mallory', password)).status, 403)
    assert.equal((await ask(`${url}/api/console/people`, { headers: bearer(password) })).status, 403)
    const removed = await post(`${url}/api/console/people/remove`, { name: 'Eve' }, bearer(password))
    assert.equal(removed.status, 403)
    assert.equal((await ask(`${url}/api/console/people`)).status, 401)
  })

  it('sign out on the server: the cookie of a sign-in that was ended opens nothing', async () => {
    const { cookie } = await join('Finn')
    const headers = { cookie }
    assert.equal((await ask(`${url}/api/console/messages`, { headers })).status, 200)
    await ask(`${url}/logout`, { method: 'POST', headers: { ...headers, ...FORM }, body: '' })
    assert.equal((await ask(`${url}/api/console/messages`, { headers })).status, 401)
    assert.equal((await ask(`${url}/`, { headers })).headers.location, '/login')
    const signIn = await ask(`${url}/login`, {
      method: 'POST',
      headers: FORM,
      body: new URLSearchParams({ password: PASSWORD }).toString(),
    })
    const owner = { cookie: signIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
    await ask(`${url}/logout`, { method: 'POST', headers: { ...owner, ...FORM }, body: '' })
    assert.equal((await ask(`${url}/api/console/messages`, { headers: owner })).status, 401)
  })

  it('are signed out of their browser even where Redis cannot note it, and the page says so', async () => {
    const { cookie } = await join('Ida')
    const client = await redis.connect()
    await client.config('SET', 'maxmemory', '1')
    try {
      const answer = await ask(`${url}/logout`, { method: 'POST', headers: { cookie, ...FORM }, body: '' })
      assert.equal(answer.status, 503)
      assert.match(answer.body, /its memory is full/)
      assert.match(answer.headers['set-cookie']?.[0] ?? '', /^spinup_session=; .*Max-Age=0/)
    } finally {
      await client.config('SET', 'maxmemory', '0')
    }
  })

  it('lose their password and every sign-in when they are removed', async () => {
    const { password, cookie } = await join('Gus')
    const removed = await post(`${url}/api/console/people/remove`, { name: 'Gus' }, bearer(PASSWORD))
    assert.equal(removed.status, 200)
    assert.equal((await ask(`${url}/api/console/messages`, { headers: bearer(password) })).status, 401)
    assert.equal((await ask(`${url}/api/console/messages`, { headers: { cookie } })).status, 401)
  })

  it('leave nothing in Redis that anyone could sign in with', async () => {
    const link = linkOf(await invite('Hal'))
    const { password, cookie } = await join('Ida')
    const all = Object.values(await dump(await redis.connect()))
    const kept = all
      .map((one) => `${JSON.stringify(one)} ${Buffer.from(String(one), 'base64').toString('utf8')}`)
      .join()
    for (const secret of [link, password, cookie.split('=')[1] ?? '-']) assert.ok(!kept.includes(secret))
  })

  it('have names that write nothing into a page', async () => {
    const link = linkOf(await invite('<img src=x onerror=alert(1)>"'))
    for (const { body } of [await ask(`${url}/join?link=${link}`), await open(link)])
      assert.doesNotMatch(body, /<img src=x/)
  })
})
