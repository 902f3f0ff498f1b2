import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { parseEnv } from 'node:util'
import { startDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { running } from '../running.ts'

const root = join(import.meta.dirname, '../..')

describe('npm run init', () => {
  const cloud = running(async () => {
    const fake = await startDigitalOcean({})
    return { ...fake, stop: () => fake.stop() }
  })
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-init-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const program = async (
    file: string,
    lines: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly text: string }> => {
    const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(root, '.build/compile-cache'), ...more }
    const child = spawn(process.execPath, [join(root, file)], { cwd: dir, env, stdio: 'pipe' })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (said) => (text += said))
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    const [status] = (await once(child, 'close')) as [number]
    return { status, text }
  }
  const init = (...lines: string[]) => program('src/cli/init.ts', lines)
  const kept = async (): Promise<Readonly<Record<string, string | undefined>>> =>
    parseEnv(await readFile(join(dir, '.env'), 'utf8'))

  it('writes what was answered, readable by its owner alone, and every program reads it', async () => {
    await writeFile(join(dir, '.env'), `DIGITALOCEAN_API_URL=${cloud.url}\nSPINUP_PORT=1\n`, { mode: 0o644 })
    const { status, text } = await init('here', 'none', cloud.token, 'pass word #1')
    assert.equal(status, 0, text)
    assert.match(text, /Wrote .*\.env, readable by you alone\. Next: npm start/)
    assert.deepEqual(
      { ...(await kept()) },
      {
        DIGITALOCEAN_API_URL: cloud.url,
        DIGITALOCEAN_TOKEN: cloud.token,
        SPINUP_CONSOLE_PASSWORD: 'pass word #1',
        SPINUP_PORT: '1',
      },
    )
    assert.equal((await stat(join(dir, '.env'))).mode & 0o777, 0o600)
    assert.equal((await stat(join(dir, '.env.old'))).mode & 0o777, 0o600, 'it may hold tokens as well')
    const doctor = await program('src/cli/doctor.ts', [])
    assert.match(doctor.text, /DigitalOcean/)
    assert.doesNotMatch(doctor.text, /Wrong configuration|pass word/)
  })

  it('tries a token and asks again where it is refused', async () => {
    await writeFile(join(dir, '.env'), `DIGITALOCEAN_API_URL=${cloud.url}\n`)
    const { status, text } = await init('1', '1', 'dop_v1_wrong', 'y', cloud.token, '')
    assert.equal(status, 0, text)
    assert.match(text, /✗ DigitalOcean.*token/)
    assert.equal((await kept())['DIGITALOCEAN_TOKEN'], cloud.token)
  })

  it('says what a wrong answer should look like, and makes a password where others may reach it', async () => {
    const { status, text } = await init(
      'server',
      'console',
      'none',
      '',
      '',
      'spinup',
      'y',
      '',
      'https://spinup.example.com',
    )
    assert.equal(status, 0, text)
    assert.match(text, /✗ It takes one of none, slack, discord, both\./)
    assert.match(text, /SPINUP_PUBLIC_URL=spinup: it takes a URL such as/)
    const { SPINUP_CONSOLE_PASSWORD: password, SPINUP_PUBLIC_URL: url } = await kept()
    assert.match(password ?? '', /^[\w-]{16}$/)
    assert.equal(url, 'https://spinup.example.com')
  })

  it('goes on trying answers where an earlier one is kept as it is, and says of each what is wrong once', async () => {
    await writeFile(join(dir, '.env'), `DIGITALOCEAN_API_URL=${cloud.url}\n`)
    const slack = ['xoxp-1', 'bar', 'n']
    const { status, text } = await init('server', 'slack', ...slack, 'dop_v1_wrong', 'n', 'short', 'nowhere', 'n')
    assert.equal(status, 0, text)
    assert.equal(text.split('SLACK_BOT_TOKEN=').length, 2, text)
    assert.match(text, /✗ DigitalOcean.*token/)
    assert.equal(text.split('✗ DigitalOcean').length, 2, text)
    assert.match(text, /SPINUP_PUBLIC_URL=nowhere: it takes a URL/)
    assert.equal((await kept())['SLACK_BOT_TOKEN'], 'xoxp-1')
  })

  it('says of each wrong value of an old .env once, beside its question, and does not offer it', async () => {
    const old = {
      DIGITALOCEAN_API_URL: cloud.url,
      SPINUP_PORT: 'abc',
      SPINUP_CONSOLE_PASSWORD: 'short',
      SLACK_BOT_TOKEN: 'xoxp-old',
      SLACK_APP_TOKEN: 'xapp-good',
      SPINUP_PUBLIC_URL: 'nowhere',
      WEBHOOK_BALANCER_SECRET: 'lonely but long enough',
    }
    await writeFile(
      join(dir, '.env'),
      Object.entries(old)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    const { status, text } = await init('server', 'slack', 'foo', '', 'n', cloud.token, '', '')
    assert.equal(status, 0, text)
    const beside: readonly (readonly [said: string, asked: string])[] = [
      ['SPINUP_PORT=abc: it takes a port', 'Where does Spinup run?'],
      ['WEBHOOK_BALANCER_SECRET is set, and needs WEBHOOK_BALANCER_URL as well', 'Where does Spinup run?'],
      ['SLACK_BOT_TOKEN=…: it takes a bot token, which begins with xoxb-. What .env has', 'Slack bot token'],
      ['SPINUP_CONSOLE_PASSWORD=…: it takes at least 8', 'Password of the console'],
      ['SPINUP_PUBLIC_URL=nowhere: it takes a URL', 'Address at which'],
    ]
    for (const [said, asked] of beside) {
      assert.equal(text.split(said).length, 2, `${said} in ${text}`)
      const between = text.slice(text.indexOf(said), text.indexOf(asked))
      assert.ok(between !== '' && !between.includes(': \n'), `${said} stands beside ${asked} in ${text}`)
    }
    assert.doesNotMatch(text, /as before\][^\n]*\n[^\n]*Slack app/, 'the wrong one is not offered')
    assert.match(text, /Slack app token, xapp-… \[as before\]/)
    const { SPINUP_PORT, SPINUP_PUBLIC_URL, SPINUP_CONSOLE_PASSWORD = '', WEBHOOK_BALANCER_SECRET } = await kept()
    assert.deepEqual(
      [SPINUP_PORT, SPINUP_PUBLIC_URL, WEBHOOK_BALANCER_SECRET],
      [undefined, undefined, 'lonely but long enough'],
    )
    assert.match(SPINUP_CONSOLE_PASSWORD, /^[\w-]{16}$/)
    assert.match(await readFile(join(dir, '.env.old'), 'utf8'), /SPINUP_PORT=abc/)
  })

  it('says once that the Redis of an old .env does not answer, and tries the answers all the same', async () => {
    await writeFile(
      join(dir, '.env'),
      `DIGITALOCEAN_API_URL=${cloud.url}\nREDIS_URL=redis://127.0.0.1:1\nSLACK_SIGNING_SECRET=0123456789abcdef\n`,
    )
    const { status, text } = await init('here', 'none', 'dop_v1_wrong', 'y', cloud.token, '')
    assert.equal(status, 0, text)
    assert.equal(text.split('✗ Redis').length, 2, text)
    assert.equal(text.split('✗ DigitalOcean').length, 2, text)
    const now = await kept()
    assert.deepEqual([now['REDIS_URL'], now['DIGITALOCEAN_TOKEN']], ['redis://127.0.0.1:1', cloud.token])
  })

  it('offers an old token no more once it was refused, and tries each at its own question', async () => {
    await writeFile(
      join(dir, '.env'),
      `DIGITALOCEAN_API_URL=${cloud.url}\nDIGITALOCEAN_TOKEN=dop_v1_old\nDISCORD_TOKEN=old\n`,
    )
    const { status, text } = await init('here', 'none', '', 'y', '', '')
    assert.equal(status, 0, text)
    assert.equal(text.split('✗ DigitalOcean').length, 2, text)
    assert.equal(text.split('[as before]').length, 2, text)
    assert.deepEqual(Object.keys(await kept()), ['DIGITALOCEAN_API_URL'])
  })

  it('takes all of a chat out that it no longer talks to', async () => {
    const slack = 'SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET=sixteen-letters-1\nSLACK_PARTNERS=read\n'
    await writeFile(join(dir, '.env'), `${slack}SPINUP_PORT=9000\n`)
    const { status, text } = await init('here', 'none', '', 'long enough')
    assert.equal(status, 0, text)
    assert.doesNotMatch(text, /✗/)
    assert.deepEqual(Object.keys(await kept()).toSorted(), ['SPINUP_CONSOLE_PASSWORD', 'SPINUP_PORT'])
  })

  it('asks nothing where .env is nothing that it can keep', async () => {
    await writeFile(join(dir, '.env'), 'SPINUP_PORT 9000\n')
    const { status, text } = await init('here', 'none', '', '')
    assert.equal(status, 2, text)
    assert.match(text, /Line 1 is neither NAME=value/)
    assert.doesNotMatch(text, /Where does Spinup run/)
    assert.equal(await readFile(join(dir, '.env'), 'utf8'), 'SPINUP_PORT 9000\n')
  })

  it('writes nothing when it is left early', async () => {
    const { status, text } = await init('here', 'slack')
    assert.equal(status, 2, text)
    assert.match(text, /ended before the last question; nothing was written/)
    assert.deepEqual(
      (await readdir(dir)).filter((name) => name.startsWith('.env')),
      [],
    )
  })

  it('a slip in a name of .env is said, and what the environment says goes first', async () => {
    await writeFile(join(dir, '.env'), 'SLACK_TOKEN=xoxb-1\nSPINUP_PORTS=1\nOTHER=fine\n')
    const { status, text } = await program('src/cli/doctor.ts', [])
    assert.notEqual(status, 0)
    assert.match(text, /SLACK_TOKEN is read by nothing; did you mean SLACK_BOT_TOKEN or SLACK_APP_TOKEN\?/)
    assert.match(text, /SPINUP_PORTS is read by nothing; did you mean SPINUP_PORT\?/)
    assert.doesNotMatch(text, /xoxb|OTHER/)
    await writeFile(join(dir, '.env'), 'SPINUP_PORT=nonsense\n')
    const slip = await program('src/cli/doctor.ts', [], {
      SPINUP_PORT: '1',
      SPINUP_HOSTT: 'xoxb',
      SLACK_WEBHOOK_URL: '1',
    })
    assert.match(slip.text, /Configuration.*SPINUP_HOSTT is read by nothing; did you mean SPINUP_HOST\?/)
    assert.doesNotMatch(slip.text, /xoxb|WEBHOOK|every variable makes sense/)
    assert.match((await program('src/cli/doctor.ts', [])).text, /SPINUP_PORT=nonsense: it takes a port/)
    assert.doesNotMatch((await program('src/cli/doctor.ts', [], { SPINUP_PORT: '1' })).text, /nonsense/)
  })
})
