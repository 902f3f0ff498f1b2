import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { z } from 'zod'
import { variables } from '../../src/config/variables.ts'
import { MANIFESTS, ROOT, run } from './programs.ts'

const Service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  restart: z.literal('unless-stopped'),
  deploy: z.strictObject({ replicas: z.string() }).optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  volumes: z.array(z.string()),
  env_file: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^\d+:\d+(\/udp)?$/)).optional(),
  depends_on: z
    .union([
      z.array(z.string()).transform((all) => all.map((name) => [name, null] as const)),
      z
        .record(z.string(), z.strictObject({ condition: z.string() }))
        .transform((all) => Object.entries(all).map(([name, { condition }]) => [name, condition] as const)),
    ])
    .optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
    .optional(),
  stop_grace_period: z.string().optional(),
})
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
})

/** Ours, and those of the programs beside it. */
const OF_COMPOSE = new Set(['SPINUP_REPLICAS', 'BOT'])

const read = (name: string): Promise<string> => readFile(join(MANIFESTS, name), 'utf8')
const compose = async (): Promise<z.infer<typeof Compose>> => Compose.parse(parse(await read('compose.yaml')))
/** A line of the Dockerfile by its first word, with lines that go on joined. */
const steps = async (): Promise<readonly (readonly [word: string, rest: string])[]> =>
  (await read('Dockerfile'))
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)])

describe('the variables that the manifests name', () => {
  it('are those that Spinup reads', async () => {
    const known = new Set(variables().flatMap((group) => group.variables.map(({ name }) => name)))
    const files = [
      'Dockerfile',
      'compose.yaml',
      'Caddyfile',
      'spinup.service',
      'install.sh',
      'cloud-init.yaml',
      'terraform/main.tf',
    ]
    const named = (await Promise.all(files.map(read))).flatMap(
      (text) => text.match(/\b(SPINUP|REDIS|SLACK|DISCORD)_[A-Z_]+\b/g) ?? [],
    )
    assert.ok(named.length > 20)
    assert.deepEqual(
      named.filter((name) => !known.has(name) && !OF_COMPOSE.has(name)),
      [],
    )
  })
})

/** Of Debian's docker-compose, from before there was `name`. */
const SCHEMA = '/usr/lib/python3/dist-packages/compose/config/compose_spec.json'
const noSchema = existsSync(SCHEMA) ? false : 'the schema of Debian’s docker-compose is not here'

describe('compose.yaml', () => {
  it('is as the Compose specification has it', { skip: noSchema }, async () => {
    const isName = (key: string, value: unknown): boolean =>
      (key === 'id' || key === '$schema') && typeof value === 'string'
    const schema: unknown = JSON.parse(await readFile(SCHEMA, 'utf8'), (key, value: unknown) =>
      isName(key, value) ? undefined : value,
    )
    const { name: _, ...file } = parse((await read('compose.yaml')).replaceAll('${SPINUP_REPLICAS:-1}', '3')) as Record<
      string,
      unknown
    >
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema as object)
    assert.ok(validate(file), JSON.stringify(validate.errors))
  })

  it('names only services, volumes and files that there are, and waits only for what says how it is', async () => {
    const { services, volumes } = await compose()
    const used = new Set<string>()
    for (const [name, { build, depends_on: needed = [], volumes: mounts }] of Object.entries(services)) {
      for (const [other, condition] of needed) {
        assert.ok(other in services, `${name} needs ${other}`)
        if (condition === 'service_healthy') assert.ok(services[other]?.healthcheck !== undefined, other)
      }
      for (const mount of mounts) {
        const [from = '', to] = mount.split(':')
        if (to === undefined) continue
        if (from.startsWith('.')) assert.ok(existsSync(join(MANIFESTS, from)), mount)
        else used.add(from)
      }
      if (build !== undefined) assert.ok(existsSync(join(MANIFESTS, build.context, build.dockerfile)))
    }
    assert.deepEqual([...used].toSorted(), Object.keys(volumes).toSorted())
  })

  it('leads from Caddy to the bot to Redis, by the ports that they listen on', async () => {
    const { services } = await compose()
    const { bot, redis, caddy } = services
    const { SPINUP_PORT: port } = Object.fromEntries(
      variables().flatMap(({ variables: all }) => all.map(({ name, example }) => [name, example])),
    )
    assert.equal(caddy?.environment['BOT'], `bot:${port}`)
    assert.equal(bot?.environment['REDIS_URL'], 'redis://redis:6379')
    assert.ok((await steps()).some(([word, rest]) => word === 'EXPOSE' && rest.split(' ').includes(port!)))
    assert.match(caddy?.environment['SPINUP_PUBLIC_URL'] ?? '', /^\$\{SPINUP_PUBLIC_URL:\?/)
    assert.deepEqual(caddy?.ports, ['80:80', '443:443', '443:443/udp'])
    for (const { ports } of [bot!, redis!]) assert.equal(ports, undefined, 'the way in is Caddy')
  })

  it('starts as many bots as SPINUP_REPLICAS says, one where it says nothing, which share a secret and no folder', async () => {
    const { bot } = (await compose()).services
    assert.equal(bot?.deploy?.replicas, '${SPINUP_REPLICAS:-1}')
    assert.match(bot?.environment['SPINUP_SECRET'] ?? '', /^\$\{SPINUP_SECRET:\?/)
    // Neither a name nor a port of its own, of which there could be only one.
    assert.deepEqual(bot?.volumes, ['/data'])
  })

  it('gives the bot no rights and nothing to write but its data', async () => {
    const { bot } = (await compose()).services
    assert.deepEqual(
      [bot?.read_only, bot?.cap_drop, bot?.security_opt, bot?.init],
      [true, ['ALL'], ['no-new-privileges:true'], true],
    )
  })
})

describe('the Dockerfile', () => {
  it('copies what there is, ends as a user without rights, and keeps its data in a volume', async () => {
    const all = await steps()
    const of = (wanted: string): readonly string[] => all.flatMap(([word, rest]) => (word === wanted ? [rest] : []))
    for (const from of of('COPY').filter((rest) => !rest.startsWith('--from'))) {
      for (const name of from.split(' ').slice(0, -1)) assert.ok(existsSync(join(ROOT, name)), name)
    }
    assert.equal(of('FROM').length, 2)
    for (const from of of('FROM')) assert.match(from, /^node:24-[a-z]+-slim/)
    assert.deepEqual([of('USER'), of('VOLUME'), of('CMD')], [['node'], ['/data'], ['["start"]']])
    assert.match(of('ENV').join(' '), /SPINUP_DATA_DIR=\/data/)
    const ignored = await read('Dockerfile.dockerignore')
    for (const name of ['.git', 'node_modules', '**/.env', '**/.spinup'])
      assert.ok(ignored.split('\n').includes(name), name)
  })

  it('asks the bot how it is by a command that knows', async () => {
    const check = (await steps()).find(([word]) => word === 'HEALTHCHECK')?.[1] ?? ''
    const [, ...words] = z.array(z.string()).parse(JSON.parse(check.slice(check.indexOf('['))))
    let status = 200
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/healthz' ? status : 404).end(),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const ask = async (): Promise<number> => {
      const env = { SPINUP_PORT: String((server.address() as AddressInfo).port) }
      return (await run(process.execPath, words, { env })).code
    }
    assert.equal(await ask(), 0)
    status = 503
    assert.equal(await ask(), 1)
    const env = { SPINUP_PORT: String((server.address() as AddressInfo).port) }
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    assert.equal((await run(process.execPath, words, { env })).code, 1)
  })
})
