import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../../src/chat/slack/options.ts'

describe('the permissions that the guide explains', () => {
  it('are those the app asks for', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/slack.md'), 'utf8')
    const rows = guide.split('\n').filter((row) => row.startsWith('| `'))
    const named = (some: readonly string[]): readonly string[] =>
      some.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    const optional = (row: string): boolean => row.includes('(optional)')
    assert.deepEqual(named(rows.filter((row) => !optional(row))), REQUIRED_SCOPES)
    assert.deepEqual(named(rows.filter(optional)), WISHED_SCOPES)
  })
})
