import assert from 'node:assert/strict'
import { readFileSync, globSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, it } from 'node:test'
import { createAssets } from '../src/web/assets.ts'

const root = join(import.meta.dirname, '..')

/** Room → rooms it may import besides itself; the first matching prefix names a file's room. */
const rooms: readonly (readonly [room: string, may: readonly string[]])[] = [
  ['src/core/model', []],
  ['src/core', ['src/core']],
  ['agent', ['src/core/model']],
  ['src/config/values.ts', ['src/core']],
  ['src/providers/provider.ts', ['src/core']],
  ['src/providers/cloud.ts', ['src/core', 'src/providers/provider.ts']],
  ['src/balancers/balancer.ts', ['src/core']],
  ['src/balancers/entry.ts', ['src/core', 'src/balancers/balancer.ts', 'src/balancers/outside.ts']],
  ['src/balancers/outside.ts', ['src/core']],
  ['src/balancers/hosts.ts', ['src/core']],
  ['src/chat/chat.ts', ['src/core']],
  ['src/providers/*', ['src/core', 'src/providers/provider.ts', 'src/providers/cloud.ts', 'src/config/values.ts']],
  [
    'src/balancers/*',
    [
      'src/core',
      'src/balancers/balancer.ts',
      'src/balancers/entry.ts',
      'src/balancers/hosts.ts',
      'src/balancers/outside.ts',
      'src/config/values.ts',
    ],
  ],
  ['src/chat/grammar.ts', ['src/core/model/task.ts']],
  ['src/chat/entry.ts', ['src/core', 'src/chat/chat.ts', 'src/chat/grammar.ts']],
  ['src/chat/upsert', ['src/core', 'src/chat/chat.ts']],
  [
    'src/chat/*',
    [
      'src/core',
      'src/chat/chat.ts',
      'src/chat/entry.ts',
      'src/chat/grammar.ts',
      'src/chat/upsert',
      'src/config/values.ts',
    ],
  ],
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
  ['src/visuals', ['src/core', 'src/charts']],
  ['src/simulate', ['src/core']],
  ['src/store', ['src/core']],
  ['src/ingest', ['src/core', 'src/store']],
  [
    'src/engine',
    [
      'src/core',
      'src/store',
      'src/notify',
      'src/simulate',
      'src/providers/provider.ts',
      'src/balancers/balancer.ts',
      'src/chat/chat.ts',
    ],
  ],
  ['src/notify', ['src/core', 'src/store', 'src/chat/chat.ts']],
  [
    'src/web',
    ['src/core', 'src/store', 'src/ingest', 'src/chat', 'src/charts', 'src/engine', 'src/balancers/outside.ts'],
  ],
  [
    'src/accounts',
    ['src/core', 'src/store', 'src/providers/cloud.ts', 'src/balancers/entry.ts', 'src/engine', 'src/web/connect'],
  ],
  ['src/doctor', ['src']],
  ['src/demo', ['src', 'agent']],
  ['src/cli', ['src', 'agent']],
  ['src/config', ['src/core', 'src/chat/entry.ts', 'src/registry']],
  ['src/log.ts', []],
  ['src/places.ts', []],
  ['src/secret.ts', ['src/core']],
  ...[
    'src/registry',
    'src/app',
    'src/adapters.ts',
    'src/deferred.ts',
    'src/storage.ts',
    'src/chats.ts',
    'src/command-service.ts',
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

/** The modules a file imports, `values`: those it runs with, which leaves out what is a type alone. */
function importsOf(file: string, which: 'all' | 'values' = 'all'): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(
    /(?:^\s*(?<type>import\s+type|export\s+type)\b[^'"]*?\bfrom\s+|\bfrom\s+|\bimport\s*\(\s*|^\s*import\s+)['"](?<module>[^'"]+)['"]/gm,
  )
  return [...found]
    .filter(({ groups }) => which === 'all' || groups?.type === undefined)
    .map(({ groups }) => groups!.module!)
}

/** Where an import leads, relative to the root; a package stays as it is. */
function pathOf(file: string, target: string): string {
  return target.startsWith('.')
    ? relative(root, normalize(join(root, dirname(file), target))).replaceAll('\\', '/')
    : target
}

const files = globSync(['agent/**/*.ts', 'src/**/*.ts'], { cwd: root })
  .filter((file) => !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'))

/** Rooms and files whose pure parts are about their own craft or format, and so do not belong to the product's core. */
const CRAFTS: Readonly<Record<string, string>> = {
  'src/providers': 'a vendor’s words and limits',
  'src/balancers': 'a balancer’s protocol',
  'src/chat': 'a platform’s markup and limits',
  'src/charts': 'how a chart is drawn',
  'src/visuals': 'how a visualisation is drawn',
  'src/commands/grammar': 'how people write, on phones and by voice',
  'src/web': 'pages, and what browsers run',
  'src/simulate': 'a model of sites and their visitors, in which the product is tried',
  'src/demo': 'the demo’s own site and visitors',
  'src/cli': 'what a terminal shows',
  'src/config': 'names and forms of environment variables',
  'src/registry': 'which vendor is which',
  'src/store/series': 'how samples lie in Redis, byte by byte',
  'src/store/keys.ts': 'names of Redis keys',
  'src/store/outbox-scripts.ts': 'Lua that runs in Redis',
  'src/ingest/schema.ts': 'what agents send, and HTTP answers to them',
  'src/log.ts': 'the level names of a log',
}

/** What only a shell does: wait, keep time, or write through something that does. */
const SHELL = /\b(?:async|await|Promise|performance|setTimeout|setInterval|process|fetch|Services|Session)\b/

const isCraft = (file: string): boolean => Object.keys(CRAFTS).some((room) => within(file, room))

/**
 * A file that only thinks: all it runs with is core, it speaks of nobody's craft and no package, and it neither waits nor
 * writes.
 */
function isPure(file: string): boolean {
  const outside = (which: 'all' | 'values'): readonly string[] =>
    importsOf(file, which)
      .map((target) => pathOf(file, target))
      .filter((path) => !within(path, 'src/core'))
  if (outside('values').length > 0 || outside('all').some((path) => isCraft(path) || !within(path, 'src'))) return false
  return !SHELL.test(withoutComments(readFileSync(join(root, file), 'utf8')))
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** The circles of a graph, each as its nodes; none twice (Tarjan's strongly connected components). */
function circles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (node: string): void => {
    order.set(node, order.size)
    low.set(node, order.get(node)!)
    open.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) !== order.get(node)) return
    const circle = open.splice(open.indexOf(node))
    if (circle.length > 1 || graph.get(node)?.includes(node) === true) found.push(circle)
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return found
}

/** What a file imports by name from others, by their path; `*`: all of it. */
function namesTaken(file: string): readonly { readonly from: string; readonly name: string }[] {
  const text = readFileSync(join(root, file), 'utf8')
  const taken: { from: string; name: string }[] = []
  for (const [, names, path] of text.matchAll(
    /\b(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*[^'"]*?)\s*from\s*['"](\.[^'"]+)['"]/g,
  )) {
    const from = pathOf(file, path!)
    if (names!.startsWith('*')) taken.push({ from, name: '*' })
    else {
      for (const name of names!.slice(1, -1).split(',')) {
        taken.push({
          from,
          name: name
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/)[0]!,
        })
      }
    }
  }
  // What is loaded late is taken whole.
  for (const [, path] of text.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]/g))
    taken.push({ from: pathOf(file, path!), name: '*' })
  return taken
}

describe('architecture', () => {
  it('every file imports only the rooms its own may know', () => {
    const broken: string[] = []
    for (const file of files) {
      const [room, may] = roomOf(file)
      for (const target of importsOf(file)) {
        if (!target.startsWith('.')) continue
        const path = pathOf(file, target)
        // Where files of its own are, whoever does I/O may have to know.
        if (path === 'src/places.ts' && room !== 'src/core') continue
        if (!within(path, room) && !may.some((allowed) => within(path, allowed))) broken.push(`${file} → ${path}`)
      }
    }
    assert.deepEqual(broken, [])
    assert.ok(files.length > 20, 'the glob found the source')
  })

  it('the registry loads no SDK and no adapter: only what an entry says', () => {
    const loaded = new Set<string>()
    const follow = (file: string): void => {
      if (loaded.has(file)) return
      loaded.add(file)
      const text = readFileSync(join(root, file), 'utf8')
      for (const [, target = ''] of text.matchAll(/^(?:import|export) (?!type\b)[^'"]*?from '([^']+)'/gm)) {
        if (target.startsWith('.')) follow(join(dirname(file), target))
        else loaded.add(target)
      }
    }
    follow('src/registry/registry.ts')
    const heavy = ['@slack/bolt', 'discord.js', 'dots-wrapper', 'src/chat/slack/chat.ts', 'src/chat/discord/chat.ts']
    assert.deepEqual(
      heavy.filter((one) => loaded.has(one)),
      [],
    )
    assert.ok(loaded.has('src/chat/slack/entry.ts') && loaded.has('zod'), 'it was followed')
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

  it('a file outside core that only thinks belongs in core', () => {
    const broken = files
      .filter((file) => within(file, 'src') && !within(file, 'src/core') && !isCraft(file))
      .filter((file) => isPure(file))
    assert.deepEqual(broken, [])
    // Both kinds are told apart where they are known.
    assert.ok(isPure('src/core/pool/approvals.ts') && isPure('src/core/operation/plan.ts'))
    assert.ok(!isPure('src/engine/loop/tick.ts') && !isPure('src/engine/operations/probe.ts'))
  })

  it('every craft with pure files of its own is still there', () => {
    const gone = Object.keys(CRAFTS).filter((room) => !files.some((file) => within(file, room)))
    assert.deepEqual(gone, [])
  })

  it('nothing imports itself, by whatever way round, types included', () => {
    const graph = new Map(files.map((file) => [file, importsOf(file).map((target) => pathOf(file, target))]))
    assert.deepEqual(circles(graph), [])
  })

  it('browsers are served the pages, the words every chat uses, and nothing else of Spinup', async () => {
    const { sources } = await createAssets().bundle()
    const ours = sources.filter((source) => !source.includes('node_modules/'))
    const meant = /^src\/(web\/(console|stats|visuals|connect\/browser)|core\/(model|cards))\//
    assert.deepEqual(
      ours.filter((source) => !meant.test(source)),
      [],
    )
    const packages = new Set(sources.map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]))
    // The editor is CodeMirror, in as many packages as it comes.
    const editor = /^(codemirror|@codemirror\/.*|@lezer\/.*|style-mod|w3c-keyname|crelt|@marijn\/.*)$/
    assert.ok(packages.has('codemirror'))
    const others = [...packages].filter((name) => name !== undefined && !editor.test(name))
    assert.deepEqual(new Set(others), new Set(['lit-html', 'uplot', '@fontsource/inter']))
    assert.ok(ours.includes('src/core/cards/cards.ts'), 'it was followed')
  })

  it('no folder of the engine holds more than 15 files', () => {
    const count = new Map<string, number>()
    for (const file of files.filter((one) => within(one, 'src/engine'))) {
      count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1)
    }
    assert.deepEqual(
      [...count].filter(([, size]) => size > 15),
      [],
    )
    assert.ok(count.size > 5, 'the glob found the engine')
  })

  it('nothing is exported that nobody imports; a type may also be part of what is', () => {
    const readers = [...files, ...globSync(['{bench,package,test}/**/*.ts'], { cwd: root })]
    const taken = new Set(readers.flatMap(namesTaken).map(({ from, name }) => `${from} ${name}`))
    const dead = files
      .filter((file) => within(file, 'src') && !taken.has(`${file} *`))
      .flatMap((file) => {
        const text = withoutComments(readFileSync(join(root, file), 'utf8'))
        return [...text.matchAll(/^export\s+(?:async\s+)?(type|interface|function\*?|const|let|class)\s+(\w+)/gm)]
          .filter(([, kind, name]) => {
            if (taken.has(`${file} ${name}`)) return false
            const isType = kind === 'type' || kind === 'interface'
            return !isType || [...text.matchAll(new RegExp(String.raw`\b${name}\b`, 'g'))].length < 2
          })
          .map(([, , name]) => `${file}: ${name}`)
      })
    assert.deepEqual(dead, [])
  })

  it('tells a circle from what is none', () => {
    const graph = { a: ['b'], b: ['c'], c: ['b'], d: ['a', 'd'] }
    assert.deepEqual(
      circles(new Map(Object.entries(graph))).map((circle) => circle.toSorted()),
      [['b', 'c'], ['d']],
    )
  })
})
