import assert from 'node:assert/strict'
import type { Access } from '../../../src/commands/command.ts'
import { describe, it } from 'node:test'
import { commandMeant } from '../../../src/chat/grammar.ts'
import { mannersOf } from '../../../src/commands/dispatch/line.ts'
import { COMMANDS } from '../../../src/commands/registry.ts'

const isGuarded = (text: string): boolean => mannersOf(text).guarded

describe('commands that only some may use', () => {
  it('are known by their lines, forms and buttons, so that a platform finds out in which groups a person is', () => {
    const guarded = [
      'approve',
      'approve:p1',
      'deny:p1',
      'ask:deny:p1',
      'run:/spinup approve p1',
      '/spinup deny p1 no',
      ' Approve x',
      'policy quorum=1',
      'ask:policy',
      'apply:0a1b:max=6',
      '/spinup mode auto',
      '!spinup Scale 3',

      'run:/spinup disconnect web',
      'fleet remove web-3',
      '/spinup fleet disconnect web',
      'up',
      'undo e-1',
      'unpin',
      'fleet adopt web-4',
      'pause 10m',
      'resume',
      'refresh',
      'connect install',
      // Not known before the pools are: it may be a pool's name.
      'web: approve',
      'shop approve',
      '👍',
    ]
    assert.deepEqual(
      guarded.filter((text) => !isGuarded(text)),
      [],
    )
    const open = ['status', 'run:/spinup stats cpu of approve', 'doctor:press:1', '']
    assert.deepEqual(open.filter(isGuarded), [])
  })

  it('are all but those that only look, or say that they are for anyone', () => {
    const open = new Set(['notify', 'snooze', 'use'])
    for (const command of COMMANDS) {
      const { name, example, access = 'change' }: { name: string; example: string; access?: Access } = command
      const wanted = access !== 'read' && !open.has(name)
      assert.deepEqual([isGuarded(example), isGuarded(`run:${example}`)], [wanted, wanted], name)
    }
  })

  it('change something, but for those that only look and for questions, however they are asked', () => {
    const looks = [
      'status',
      'what does it cost?',
      'how many servers are running?',
      'is it paused?',
      'policy',
      'mode',
      '',
    ]
    assert.deepEqual(
      looks.filter((text) => mannersOf(text).changes),
      [],
    )
    const changes = [
      'policy max=3',
      'mode auto',
      'ask:policy',
      'approve:p1',
      'please scale 3',
      'web: up 1',
      'shop approve',
    ]
    assert.deepEqual(
      changes.filter((text) => !mannersOf(text).changes),
      [],
    )
  })

  it('and all others are found by a button as by their line', () => {
    for (const command of COMMANDS) {
      assert.equal(commandMeant(COMMANDS, command.example), command)
      assert.equal(commandMeant(COMMANDS, `run:${command.example}`), command)
      for (const key of Object.keys(command.buttons ?? {})) assert.equal(commandMeant(COMMANDS, `${key}:x`), command)
    }
  })
})
