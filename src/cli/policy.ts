import { readFile, writeFile } from 'node:fs/promises'
import { Document, isMap, isScalar } from 'yaml'
import { z } from 'zod'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig, type Config } from '../config/read-config.ts'
import { addressHere } from '../core/model/address.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { POLICY_FIELDS } from '../core/policy/fields.ts'
import { readFields } from './policy-file.ts'
import { runCommand } from './run-command.ts'

const HELP = `Keeps the policy of a pool in a file, say beside your code in git.

  npm run policy -- pull pool.yaml    writes the policy as it is, each setting with what it means
  npm run policy -- diff pool.yaml    what a push would change; exit status 1 where that is anything
  npm run policy -- push pool.yaml    sets what the file holds, all or none; what is not in it stays as it is

  --pool NAME   which pool; needed only where there are several
  --url URL     where the bot is; else SPINUP_PUBLIC_URL, or SPINUP_HOST and SPINUP_PORT

SPINUP_TOKEN, in the environment or .env, is a token that may: /spinup token new policy can=policy. A push is bound as in
chat: where the team is asked first, it waits for a person, and says so. The first line of the file names a schema that
editors complete by.`

const OPTIONS = { pool: { type: 'string' }, url: { type: 'string' } } as const

const POLICY = z.object({ pool: z.string(), mark: z.string(), policy: z.record(z.string(), z.unknown()) })
type Known = z.infer<typeof POLICY>
const DONE = z.object({ message: z.string() })
const FAILURE = z.object({ message: z.string() })
const DEADLINE_MS = 15_000

await runCommand({ help: HELP, options: OPTIONS, words: 'needed' }, async ({ values, positionals }) => {
  const [what, file, ...more] = positionals
  if (what === undefined || !['pull', 'diff', 'push'].includes(what) || file === undefined || more.length > 0) {
    throw new SpinupError('configuration', 'it takes pull FILE, diff FILE or push FILE. --help says more.')
  }
  const { apiToken: token, ...bot } = readConfig(givenEnvironment(process.env).env)
  if (token === null) {
    throw new SpinupError('configuration', 'SPINUP_TOKEN is not set: /spinup token new policy can=policy makes one.')
  }
  const at = { url: urlOf(values.url, bot), token, pool: values.pool ?? null }
  const which = at.pool === null ? '' : `?pool=${encodeURIComponent(at.pool)}`
  const known = POLICY.parse(await call(at, 'GET', `/api/policy${which}`))
  if (what === 'pull') {
    await writeFile(file, yamlOf(known, at.url))
    return console.log(`${file} has the policy of ${known.pool}.`)
  }
  const changes = changesOf(known, await read(file))
  if (changes.length === 0) return console.log(`${known.pool} has the policy of ${file} already.`)
  for (const { key, before, after } of changes) console.log(`- ${key}: ${before}\n+ ${key}: ${after}`)
  if (what === 'diff') return void (process.exitCode = 1)
  const policy = Object.fromEntries(changes.map(({ key, value }) => [key, value]))
  // By the name that was just read: the pool that was looked at is the one that is changed.
  const wish = { pool: known.pool, policy, onlyIf: known.mark }
  console.log(DONE.parse(await call(at, 'PUT', '/api/policy', wish)).message)
})

async function read(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SpinupError('configuration', `the policy file ${file} cannot be read: ${messageOf(cause)}`)
  })
  return readFields(file, text)
}

/** What a file holds that is otherwise in the policy, each value as JSON on one line. */
function changesOf({ policy }: Known, fields: Readonly<Record<string, unknown>>) {
  return Object.entries(fields)
    .map(([key, value]) => ({ key, value, before: inOrder(policy[key]), after: inOrder(value) }))
    .filter(({ before, after }) => before !== after)
}

/** JSON whose keys are in order: a file may have them in another. */
function inOrder(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

function yamlOf({ pool, policy }: Known, url: string): string {
  const ordered = POLICY_FIELDS.flatMap(({ key }) => (Object.hasOwn(policy, key) ? [[key, policy[key]] as const] : []))
  const document = new Document(Object.fromEntries(ordered))
  document.commentBefore = ` yaml-language-server: $schema=${url}/api/policy.schema.json\n The policy of ${pool}. Times are milliseconds, shares fractions: 0.8 is 80 %. What is left out stays as it is.`
  for (const { key } of isMap(document.contents) ? document.contents.items : []) {
    const field = isScalar(key) ? POLICY_FIELDS.find((one) => one.key === key.value) : undefined
    if (isScalar(key) && field !== undefined) key.commentBefore = ` ${field.meaning}`
  }
  return document.toString({ lineWidth: 0 })
}

function urlOf(
  given: string | undefined,
  { publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>,
): string {
  if (given === undefined) return publicUrl ?? addressHere(host, port)
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return given.replace(/\/+$/, '')
  throw new SpinupError('configuration', `--url ${given}: it takes an address such as https://spinup.example.com`)
}

async function call(
  { url, token }: { readonly url: string; readonly token: string },
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url + path, { method, headers, signal, ...sent }).catch((cause: unknown) => {
    throw new SpinupError('unavailable', `No Spinup answers at ${url}; set SPINUP_PUBLIC_URL, or --url.`, { cause })
  })
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer
  const failure = FAILURE.safeParse(answer)
  throw new SpinupError('badInput', failure.success ? failure.data.message : `${url} answered ${response.status}.`)
}
