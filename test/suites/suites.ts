import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')

/** What plays days of traffic, thousands of lines or processes: beside the fast gate, not in it. */
const LONG = [
  'commands/grammar/odd-words',
  'core/policy/load/{outlook,own-share,season}',
  'core/policy/rules/cost',
  'commands/whatif',
  'notify/delivery/{kill,queues}',
  'engine/odd-requests',
]

/**
 * Which test files share a process: loading TypeScript costs more than most files run for. The suites run side by side,
 * so they are cut by how long they take. Scenarios and gates are not here: each file of theirs is a process of its own.
 */
export const SUITES = {
  'fast-core': [
    '*',
    'chat/*',
    '{config,core,package,commands/grammar,chat/console,chat/slack/render,chat/discord/render}/**/*',
  ],
  'fast-clock': ['engine/{clock,refused}'],
  'fast-engine': ['engine/!(bound|clock|refused|balancer-watch)'],
  'fast-trouble': ['engine/{bound,balancer-watch}'],
  'fast-work': ['commands/*', 'engine/*/**/*', 'notify/**/*', 'ingest/**/*'],
  agent: ['agent/**/*'],
  'balancers-builtin': ['balancers/*', 'balancers/{builtin,digitalocean}/**/*'],
  'balancers-programs': ['balancers/{caddy,haproxy,webhook}/**/*'],
  chats: ['chat/{discord,slack,toy,upsert}/*'],
  cli: ['cli/!(help|init|start)'],
  'cli-starts': ['cli/{help,init,start}'],
  demo: ['{demo,docs,manifests}/**/*'],
  drawing: ['{charts,fakes}/**/*'],
  long: LONG,
  pages: ['web/{attention,episode-page,first-look,page,tabs}'],
  'pages-all': ['web/{accessible,failures}'],
  'pages-stats': ['web/{docs,stats-page,stats-view,visuals-page}'],
  providers: ['providers/**/*', 'registry/*'],
  simulate: ['simulate/**/*'],
  store: ['store/**/*'],
  visuals: ['visuals/**/*'],
  web: ['accounts/*', 'web/api/*', 'web/{events,front,health,install,people,security,server,stats-api,visuals-api}'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Suite = keyof typeof SUITES

/** Its test files, relative to `test/`. */
export async function filesOf(suite: Suite): Promise<readonly string[]> {
  const files = await filesLike(SUITES[suite])
  if (!suite.startsWith('fast-')) return files
  const long = await filesLike(LONG)
  return files.filter((file) => !long.includes(file))
}

/**
 * Loads a suite's files, all of them before the first test begins: loading would hold up those that measure time, and where
 * a file waits while it loads, the tests of those before it could be over, and the process with them.
 */
export async function load(suite: Suite): Promise<void> {
  const files = await filesOf(suite)
  if (files.length === 0) throw new Error(`the suite ${suite} has no test files`)
  const imports = files.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)}`)
  const loading = import(`data:text/javascript,${encodeURIComponent(imports.join('\n'))}`) as Promise<unknown>
  void it(`has the ${files.length} files of the suite ${suite}`, async () => void (await loading))
  await loading
}

/** Every test file, relative to `test/`. */
export const everyFile = (): Promise<readonly string[]> => filesLike(['**/*'])

async function filesLike(patterns: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const pattern of patterns) {
    for await (const file of glob(`${pattern}.test.ts`, { cwd: root })) files.push(file)
  }
  return files.toSorted()
}
