import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { exampleFile } from '../../src/config/variables.ts'
import { readEnvFile } from '../../src/config/env-file.ts'

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
    assert.deepEqual(await read('path=1\nnpm.config=2\nSpinupless=3'), {
      path: '1',
      'npm.config': '2',
      Spinupless: '3',
    })
  })
})
