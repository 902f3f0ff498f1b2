import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { exampleFile, variables } from '../../src/config/variables.ts'
import { givenEnvironment, readEnvFile } from '../../src/config/env-file.ts'

describe('a .env file', () => {
  let dir = ''
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-env-'))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  const read = async (text: string | Buffer): Promise<Readonly<Record<string, string>> | undefined> => {
    await writeFile(join(dir, '.env'), text)
    return readEnvFile(join(dir, '.env'))?.said
  }

  it('is read however editors and shells write it', async () => {
    const cases: readonly (readonly [text: string, said: Readonly<Record<string, string>>])[] = [
      ['\uFEFFSPINUP_PORT=1', { SPINUP_PORT: '1' }],
      ['SPINUP_PORT=1\r\nSPINUP_HOST=x\r\n', { SPINUP_PORT: '1', SPINUP_HOST: 'x' }],
      ['  export SPINUP_PORT = 1 # a comment', { SPINUP_PORT: '1' }],
      ["# it's a comment\n\nSPINUP_HOST=b", { SPINUP_HOST: 'b' }],
      ["SPINUP_CONSOLE_PASSWORD='pa#ss' # kept", { SPINUP_CONSOLE_PASSWORD: 'pa#ss' }],
      ["SPINUP_CONSOLE_PASSWORD=it's fine", { SPINUP_CONSOLE_PASSWORD: "it's fine" }],
      ['OTHER="one\ntwo words\nthree"\r\nSPINUP_PORT=1', { OTHER: 'one\ntwo words\nthree', SPINUP_PORT: '1' }],
      ['SPINUP_SECRET= # none', { SPINUP_SECRET: '' }],
      [exampleFile(), {}],
      ['', {}],
    ]
    for (const [text, said] of cases) assert.deepEqual(await read(text), said, text)
  })

  it('is refused by the line where something would be passed over, or a value cut, in silence', async () => {
    const cases: readonly (readonly [text: string, says: RegExp])[] = [
      ['SPINUP_HOST=a\nSPINUP_PORT 9000', /Line 2 is neither NAME=value nor a comment/],
      ['SPINUP_PORT: 9000', /Line 1 is neither/],
      ['set SPINUP_PORT=9000', /Line 1 is neither/],
      ['\u00A0SPINUP_PORT=9000', /Line 1 is neither/],
      ['OTHER="a\nb"\nspt_lost', /Line 3 is neither/],
      ['SPINUP_SECRET=correct#horse', /SPINUP_SECRET \(line 1\) has a #/],
      ['SPINUP_SECRET=#horse', /has a #/],
      ['OTHER=1\nSPINUP_SECRET="horse', /SPINUP_SECRET \(line 2\) begins with a quote/],
      ['SPINUP_SECRET="horse\nSPINUP_HOST="b"', /SPINUP_SECRET \(line 1\) begins with a quote/],
      ['SPINUP_SECRET=“horse staple”', /SPINUP_SECRET \(line 1\) begins with a quote that is none in a program/],
      ['SPINUP_SECRET=‘horse’', /begins with a quote that is none/],
      ["SPINUP_SECRET='horse' staple", /SPINUP_SECRET \(line 1\) begins with a quote/],
    ]
    for (const [text, says] of cases) {
      await assert.rejects(read(text), (error: Error) => {
        assert.match(error.message, says, text)
        assert.doesNotMatch(error.message, /horse|staple|9000|spt_/, 'it may be a secret')
        return true
      })
    }
    await assert.rejects(read(Buffer.from('\uFEFFSPINUP_PORT=1', 'utf16le')), /no text in UTF-8/)
    await assert.rejects(read(Buffer.from('SPINUP_CONSOLE_PASSWORD=größer', 'latin1')), /no text in UTF-8/)
  })

  it('has the right name for one in other letters, and leaves other programs’ names alone', async () => {
    await assert.rejects(read('spinup_port=1'), /spinup_port is read by nothing; did you mean SPINUP_PORT\?/)
    await assert.rejects(read('SPINUP-PORT=1'), /SPINUP-PORT is read by nothing; did you mean SPINUP_PORT\?/)
    await assert.rejects(read('Slack.Bot.Token=1'), /did you mean SLACK_BOT_TOKEN\?/)
    for (const [wrong, right] of [
      ['SPNUP_SECRET', 'SPINUP_SECRET'],
      ['SPINUPPORT', 'SPINUP_PORT'],
      ['DIGITAL_OCEAN_TOKEN', 'DIGITALOCEAN_TOKEN'],
      ['SLACKBOT_TOKEN', 'SLACK_BOT_TOKEN'],
      ['DISCRD_TOKEN', 'DISCORD_TOKEN'],
      ['REDISURL', 'REDIS_URL'],
      ['QUICK_CHART_URL', 'QUICKCHART_URL'],
    ] as const)
      await assert.rejects(read(`${wrong}=1`), new RegExp(`${wrong} is read by nothing; did you mean ${right}\\?`))
    assert.deepEqual(await read('path=1\nnpm.config=2\nSpinupless=3'), {
      path: '1',
      'npm.config': '2',
      Spinupless: '3',
    })
  })
})

describe('names in the environment', () => {
  const nowhere = join(tmpdir(), 'spinup-no-such-folder')
  const said = (env: Readonly<Record<string, string>>): readonly string[] => givenEnvironment(env, nowhere).warnings

  it('are said where they are surely meant for Spinup, with the right one and without the value', () => {
    const cases: readonly (readonly [wrong: string, right: string])[] = [
      ['SPINUP_PORTT', 'SPINUP_PORT'],
      ['SPINUP_CONSOL_PASSWORD', 'SPINUP_CONSOLE_PASSWORD'],
      ['SPNUP_SECRET', 'SPINUP_SECRET'],
      ['spinup_host', 'SPINUP_HOST'],
      ['SLACK_BOT_TOKN', 'SLACK_BOT_TOKEN'],
      ['SLAKC_BOT_TOKEN', 'SLACK_BOT_TOKEN'],
      ['SLACK_SINGING_SECRET', 'SLACK_SIGNING_SECRET'],
      ['DISCORD_TOKENS', 'DISCORD_TOKEN'],
      ['DIGITALOCEAN_TOKENN', 'DIGITALOCEAN_TOKEN'],
      ['DIGITAL_OCEAN_TOKEN', 'DIGITALOCEAN_TOKEN'],
      ['REDIS_ULR', 'REDIS_URL'],
      ['QUICKCHART_UR', 'QUICKCHART_URL'],
    ]
    for (const [wrong, right] of cases) {
      const words = `In the environment, ${wrong} is read by nothing; did you mean ${right}?`
      assert.deepEqual(said({ [wrong]: 'hush', PATH: '/bin' }), [words])
    }
    assert.match(
      said({ SPINUP_WHATEVER_IT_IS: 'hush' })[0] ?? '',
      /^In the environment, SPINUP_WHATEVER_IT_IS is read by/,
    )
  })

  it('are passed over where they are other programs’, Kubernetes’ or the compose file’s, or have no value', () => {
    const others = {
      DIGITALOCEAN_ACCESS_TOKEN: 'x',
      DIGITALOCEAN_CONTEXT: 'x',
      SLACK_WEBHOOK_URL: 'x',
      SLACK_API_TOKEN: 'x',
      SLACK_TOKEN: 'x',
      DISCORD_WEBHOOK: 'x',
      DISCORD_BOT_TOKEN: 'x',
      REDIS_URI: 'x',
      REDIS_HOST: 'x',
      CADDY_VERSION: 'x',
      SPINUP_REPLICAS: '3',
      SPINUP_AGENT_URL: 'x',
      SPINUP_SERVICE_HOST: '10.0.0.1',
      SPINUP_SERVICE_PORT_HTTP: '80',
      SPINUP_PORT_8080_TCP_ADDR: '10.0.0.1',
      SPINUP_REDIS_SERVICE_HOST: '10.0.0.2',
      SPINUP_REDIS_PORT: 'tcp://10.0.0.2:6379',
      SPINUP_PORTT: '',
      [`X${'X'.repeat(100_000)}`]: 'x',
    }
    assert.deepEqual(said(others), [])
    assert.deepEqual(said({ DISCORD_TOKENS: 'x', DISCORD_TOKEN: 'x' }), [], 'the right one is there')
    const every = variables().flatMap((group) => group.variables.map(({ name }) => [name, 'x'] as const))
    assert.deepEqual(said(Object.fromEntries(every)), [])
  })
})
