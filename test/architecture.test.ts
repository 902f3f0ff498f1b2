import assert from 'node:assert/strict'
import { readFileSync, globSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, it } from 'node:test'

const root = join(import.meta.dirname, '..')

/** Room → rooms it may import besides itself; the first matching prefix names a file's room. */
const rooms: readonly (readonly [room: string, may: readonly string[]])[] = [
  ['src/core/model', []],
  ['src/core', ['src/core']],
  ['agent', ['src/core/model']],
  ['src/providers/provider.ts', ['src/core']],
  ['src/balancers/balancer.ts', ['src/core']],
  ['src/balancers/hosts.ts', ['src/core']],
  ['src/chat/chat.ts', ['src/core']],
  ['src/providers/*', ['src/core', 'src/providers/provider.ts']],
  ['src/balancers/*', ['src/core', 'src/balancers/balancer.ts', 'src/balancers/hosts.ts']],
  ['src/chat/grammar.ts', []],
  ['src/chat/audience.ts', ['src/core']],
  ['src/chat/*', ['src/core', 'src/chat/chat.ts', 'src/chat/audience.ts', 'src/chat/grammar.ts']],
  [
    'src/commands',
    [
      'src/core',
      'src/store',
      'src/simulate',
      'src/engine',
      'src/providers/provider.ts',
      'src/chat/chat.ts',
      'src/chat/grammar.ts',
    ],
  ],
  ['src/charts', ['src/core']],
  ['src/simulate', ['src/core']],
  ['src/store', ['src/core']],
  ['src/ingest', ['src/core', 'src/store']],
  [
    'src/engine',
    [
      'src/core',
      'src/store',
      'src/simulate',
      'src/providers/provider.ts',
      'src/balancers/balancer.ts',
      'src/chat/chat.ts',
    ],
  ],
  ['src/web', ['src/core', 'src/store', 'src/ingest', 'src/chat', 'src/charts', 'src/engine']],
  ['src/accounts', ['src/core', 'src/store', 'src/providers', 'src/engine', 'src/web/connect']],
  ['src/doctor', ['src']],
  ['src/demo', ['src', 'agent']],
  ['src/cli', ['src', 'agent']],
  ['src/config', ['src/core']],
  ['src/log.ts', []],
  ['src/secret.ts', ['src/core']],
  ...[
    'src/registry',
    'src/app',
    'src/adapters.ts',
    'src/deferred.ts',
    'src/storage.ts',
    'src/chats.ts',
    'src/desk.ts',
    'src/bot.ts',
    'src/main.ts',
  ].map((file): readonly [string, readonly string[]] => [file, ['src']]),
]

function roomOf(file: string): readonly [string, readonly string[]] {
  for (const [room, may] of rooms) {
    if (room.endsWith('/*')) {
      const parent = room.slice(0, -1)
      if (!file.startsWith(parent)) continue
      const child = file.slice(parent.length).split('/')[0]
      return [parent + child, may]
    }
    if (file === room || file.startsWith(`${room}/`)) return [room, may]
  }
  throw new Error(`${file} is in no room of the architecture; put it where it belongs or add a room`)
}

function within(file: string, room: string): boolean {
  return file === room || file.startsWith(`${room}/`)
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^\s*import\s+)['"]([^'"]+)['"]/gm)].map((match) => match[1]!)
}

const files = globSync(['agent/**/*.ts', 'src/**/*.ts'], { cwd: root })
  .filter((file) => !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'))

describe('architecture', () => {
  it('every file imports only the rooms its own may know', () => {
    const broken: string[] = []
    for (const file of files) {
      const [room, may] = roomOf(file)
      for (const target of importsOf(file)) {
        if (!target.startsWith('.')) continue
        const path = relative(root, normalize(join(root, dirname(file), target))).replaceAll('\\', '/')
        if (!within(path, room) && !may.some((allowed) => within(path, allowed))) broken.push(`${file} → ${path}`)
      }
    }
    assert.deepEqual(broken, [])
    assert.ok(files.length > 20, 'the glob found the source')
  })

  it('core and the agent core import nothing from node or npm', () => {
    const broken = files
      .filter((file) => within(file, 'src/core') || within(file, 'agent/core'))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => !target.startsWith('.'))
          .map((target) => `${file} → ${target}`),
      )
    assert.deepEqual(broken, [])
  })

  it('core reads no clock and no randomness', () => {
    const broken = files
      .filter((file) => within(file, 'src/core'))
      .filter((file) =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\./.test(readFileSync(join(root, file), 'utf8')),
      )
    assert.deepEqual(broken, [])
  })

  it('only main and the commands read process.env', () => {
    const allowed = ['src/main.ts', 'src/cli', 'src/demo', 'agent/main.ts']
    const broken = files
      .filter((file) => /\bprocess\.env\b/.test(readFileSync(join(root, file), 'utf8')))
      .filter((file) => !allowed.some((room) => within(file, room)))
    assert.deepEqual(broken, [])
  })
})
