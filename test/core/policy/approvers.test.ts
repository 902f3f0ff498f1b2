import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createPlatforms } from '../../../src/core/model/platforms.ts'
import { DEFAULT_POLICY } from '../../../src/core/model/policy.ts'
import { completePolicy } from '../../../src/core/policy/complete.ts'
import { changePolicy, POLICY_FIELDS } from '../../../src/core/policy/fields.ts'
import { CHATS } from '../../../src/registry/registry.ts'

const platforms = createPlatforms(CHATS)
const approvers = (text: string): readonly string[] =>
  changePolicy(DEFAULT_POLICY, { approvers: text }, platforms).approvers

describe('the setting approvers', () => {
  it('reads people and groups as they are named, or as they are mentioned', () => {
    assert.deepEqual(approvers('slack:S0614TZR7,discord:8131,console'), ['slack:S0614TZR7', 'discord:8131', 'console'])
    assert.deepEqual(approvers('"slack:u061f7aur, Console"'), ['slack:U061F7AUR', 'console'])
    assert.deepEqual(approvers('<!subteam^S0614TZR7|@ops>,<@U061F7AUR>,<@&8131>,<@!77>'), [
      'slack:S0614TZR7',
      'slack:U061F7AUR',
      'discord:8131',
      'discord:77',
    ])
    assert.deepEqual(approvers('console,console'), ['console'])
    for (const all of ['everyone', 'none', '']) assert.deepEqual(approvers(all), [])
  })

  it('refuses what proves nobody', () => {
    for (const text of ['console:ada', 'ada', 'slack:ada', 'discord:@ops', 'teams:1', '@ops', 'slack:']) {
      assert.throws(() => approvers(text), /approvers=.* is not understood: it takes people and groups/, text)
    }
    const many = Array.from({ length: 21 }, (_, index) => `discord:${index}`).join(',')
    assert.throws(() => approvers(many), /at most 20/)
  })

  it('reads back what it shows', () => {
    const field = POLICY_FIELDS.find(({ name }) => name === 'approvers')!
    for (const text of ['everyone', 'slack:S0614TZR7,console']) {
      assert.equal(field.read(field.write(DEFAULT_POLICY, text, platforms)), text)
    }
  })

  it('names what each chat calls people, and nobody where there is no chat', () => {
    assert.throws(() => approvers('ada'), /slack:U… .*, discord:… .*, or console/)
    assert.throws(() => changePolicy(DEFAULT_POLICY, { approvers: 'slack:S0614TZR7' }), /between them: console/)
    assert.deepEqual(changePolicy(DEFAULT_POLICY, { approvers: 'Console' }).approvers, ['console'])
  })

  it('and those beside it are within reason', () => {
    assert.equal(changePolicy(DEFAULT_POLICY, { quorum: '3' }).quorum, 3)
    assert.throws(() => changePolicy(DEFAULT_POLICY, { quorum: '0' }), /from 1 to 10/)
    assert.equal(changePolicy(DEFAULT_POLICY, { 'time-zone': 'Europe/Berlin' }).timeZone, 'Europe/Berlin')
    assert.throws(() => changePolicy(DEFAULT_POLICY, { 'time-zone': 'Berlin' }), /a time zone such as Europe\/Berlin/)
  })

  it('have defaults for a policy that an earlier version stored', () => {
    const { approvers: _, quorum: __, timeZone: ___, ...old } = DEFAULT_POLICY
    assert.deepEqual(completePolicy(old), DEFAULT_POLICY)
  })
})
