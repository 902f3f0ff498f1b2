import { glob } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')

/**
 * Which test files share a process: loading TypeScript costs more than most files run for. The suites run side by side,
 * so they are cut by how long they take. Scenarios and gates are not here: each file of theirs is a process of its own.
 */
export const SUITES = {
  'fast-core': ['*', '{config,core,chat/commands,chat/console,chat/slack/render,chat/discord/render}/**/*'],
  'fast-engine': ['engine/*'],
  'fast-work': ['engine/*/**/*', 'ingest/**/*'],
  agent: ['agent/**/*'],
  'balancers-builtin': ['balancers/*', 'balancers/{builtin,webhook,digitalocean}/**/*'],
  'balancers-programs': ['balancers/{haproxy,caddy}/**/*'],
  charts: ['{charts,simulate,cli}/**/*'],
  chats: ['chat/{slack,discord}/*'],
  fakes: ['fakes/**/*', 'demo/**/*'],
  pages: ['{web,accounts}/**/*'],
  providers: ['providers/**/*'],
  store: ['store/**/*'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Suite = keyof typeof SUITES

/** Its test files, relative to `test/`. */
export async function filesOf(suite: Suite): Promise<readonly string[]> {
  const files: string[] = []
  for (const pattern of SUITES[suite]) {
    for await (const file of glob(`${pattern}.test.ts`, { cwd: root })) files.push(file)
  }
  return files.toSorted()
}

/** Loads a suite's files, all of them before the first test begins: loading would hold up those that measure time. */
export async function load(suite: Suite): Promise<void> {
  const files = await filesOf(suite)
  if (files.length === 0) throw new Error(`the suite ${suite} has no test files`)
  const imports = files.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)}`)
  await import(`data:text/javascript,${encodeURIComponent(imports.join('\n'))}`)
}

/** Every test file, relative to `test/`. */
export async function everyFile(): Promise<readonly string[]> {
  const files: string[] = []
  for await (const file of glob('**/*.test.ts', { cwd: root })) files.push(relative('.', file))
  return files.toSorted()
}
