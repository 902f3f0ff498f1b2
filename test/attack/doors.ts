import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exchange, statusOf } from './raw.ts'
import { PASSWORD, SECRET, type Stage, type Try, type Way } from './stage.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const bearer = (password: string): Record<string, string> => ({ authorization: `Bearer ${password}` })
const isOpen = (status: number): boolean => status >= 200 && status < 300

/** Tries to get into a console without a password, from outside. */
export function openDoors({ url, how }: { readonly url: string; readonly how: string }): readonly Try[] {
  const paths = [
    '/',
    '/api/console/messages',
    '/api/audit.ndjson',
    '/charts/a.png',
    '/api/console/complete?text=x',
    '/api/pools',
    '/api/policy',
    '/metrics',
  ]
  const disguises: readonly Record<string, string>[] = [{}, { host: 'localhost' }, { 'x-forwarded-for': '127.0.0.1' }]
  return [
    ...paths.map((path): Try => ({
      name: `${how}: ${path} of a console without a password`,
      kind: 'in',
      run: async () => {
        for (const headers of disguises) if (isOpen(await statusOf(url + path, { headers }))) return true
        return false
      },
    })),
    {
      name: `${how}: a command on a console without a password`,
      kind: 'in',
      run: async () =>
        isOpen(
          await statusOf(`${url}/api/console/messages`, {
            method: 'POST',
            headers: JSON_TYPE,
            body: '{"text":"help"}',
          }),
        ),
    },
  ]
}

/** Tries to get into a console that has one. */
export function guardedDoors(stage: Stage, { bot, how }: Way): readonly Try[] {
  const api = `${bot}/api/console/messages`
  const into = async (headers: Record<string, string>): Promise<boolean> => isOpen(await statusOf(api, { headers }))
  const login = (password: string): Promise<Response> =>
    fetch(`${bot}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: FORM_TYPE,
      body: new URLSearchParams({ password }),
    })
  const cookieFrom = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return [
    { name: `${how}: without anything`, kind: 'in', run: () => into({}) },
    {
      name: `${how}: thirty guesses`,
      kind: 'in',
      run: async () => {
        for (let index = 0; index < 30; index++) {
          if ((await login(`guess ${index}`)).status === 303 || (await into(bearer(`guess-${index}`)))) return true
        }
        return false
      },
    },
    {
      name: `${how}: a cookie that was made up`,
      kind: 'in',
      run: () => into({ cookie: `spinup_session=${Date.now() + 1e9}.abc..x.${'A'.repeat(43)}` }),
    },
    {
      name: `${how}: the cookie of a sign-in that was ended`,
      kind: 'in',
      run: async () => {
        const cookie = cookieFrom(await login(PASSWORD))
        if (!(await into({ cookie }))) throw new Error('the right password did not let in')
        await statusOf(`${bot}/logout`, { method: 'POST', headers: { cookie, ...FORM_TYPE } })
        return into({ cookie })
      },
    },
    {
      name: `${how}: another person’s name`,
      kind: 'in',
      run: async () => {
        const invited = await fetch(`${bot}/api/console/people`, {
          method: 'POST',
          headers: { ...bearer(PASSWORD), ...JSON_TYPE },
          body: '{"name":"Eve"}',
        })
        const { url } = (await invited.json()) as { url: string }
        const link = new URL(url).searchParams.get('link') ?? ''
        const joined = await fetch(`${bot}/join`, {
          method: 'POST',
          headers: FORM_TYPE,
          body: new URLSearchParams({ link }),
        })
        const headers = { cookie: cookieFrom(joined), ...JSON_TYPE, 'x-spinup-name': 'Ada' }
        await statusOf(api, { method: 'POST', headers, body: '{"text":"/spinup help","name":"Ada"}' })
        const { messages } = (await (await fetch(api, { headers: bearer(PASSWORD) })).json()) as {
          messages: readonly { readonly kind: string; readonly actor?: { readonly name: string } }[]
        }
        return messages.findLast(({ kind }) => kind === 'line')?.actor?.name !== 'Eve'
      },
    },
    {
      name: `${how}: another site through the owner’s browser`,
      kind: 'in',
      run: async () => {
        const cookie = cookieFrom(await login(PASSWORD))
        const headers = { cookie, origin: 'https://evil.example', ...JSON_TYPE }
        return isOpen(await statusOf(api, { method: 'POST', headers, body: '{"text":"/spinup help"}' }))
      },
    },
    {
      name: `${how}: two hosts`,
      kind: 'in',
      run: async () => {
        const text = `GET /api/console/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nAuthorization: Bearer ${PASSWORD}\r\nConnection: close\r\n\r\n`
        return / 200 /.test((await exchange(bot, text)).slice(0, 40))
      },
    },
    {
      name: `${how}: enrolment without a key`,
      kind: 'in',
      run: async () =>
        isOpen(
          await statusOf(`${bot}/v1/enroll`, {
            method: 'POST',
            headers: JSON_TYPE,
            body: JSON.stringify({ key: `spe_${stage.pool}.web-9.${'A'.repeat(32)}`, host: 'x' }),
          }),
        ),
    },
  ]
}

/** Secrets where they do not belong. */
export function secrets(stage: Stage): readonly Try[] {
  const tokens = [
    `dop_v1_${'0a'.repeat(32)}`,
    `xoxb-${'1'.repeat(12)}-${'b'.repeat(24)}`,
    `${'M'.repeat(24)}.Gabcde.${'_-z'.repeat(10)}`,
    `ghp_${'e'.repeat(36)}`,
    `AKIA${'A1'.repeat(8)}`,
    `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(30)}.${'c'.repeat(43)}`,
  ]
  const say = async (text: string): Promise<string> => (await stage.client().say(text)).text
  return [
    ...tokens.map((token): Try => ({
      name: `a token typed by mistake is kept: ${token.slice(0, 8)}…`,
      kind: 'in',
      run: async () => {
        await say(`/spinup pause because ${token}`)
        await say(token)
        return (await stage.kept()).includes(token)
      },
    })),
    {
      name: 'a connect link is kept readable',
      kind: 'in',
      run: async () => {
        const link = /connect\?link=([\w-]+)/.exec(await say('/spinup connect another'))?.[1] ?? ''
        if (link.length !== 43) throw new Error('there was no link')
        return (await stage.kept()).includes(link)
      },
    },
    {
      name: 'the secret is in the balancer’s folder',
      kind: 'in',
      run: async () => (await readFile(join(stage.dataDir, 'balancer', 'config.json'), 'utf8')).includes(SECRET),
    },
    {
      name: 'the secret opens the balancer’s control',
      kind: 'in',
      run: async () => {
        const { controlPort } = JSON.parse(await readFile(join(stage.dataDir, 'balancer', 'running.json'), 'utf8'))
        return isOpen(await statusOf(`http://127.0.0.1:${controlPort}/service`, { headers: bearer(SECRET) }))
      },
    },
  ]
}
