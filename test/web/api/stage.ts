import type { Scope } from '../../../src/core/model/api-token.ts'
import type { TrustedProxies } from '../../../src/core/model/address.ts'
import { examplePool, exampleMember, T } from '../../store/example-state.ts'
import { startRig, type Rig } from '../../engine/rig.ts'
import { startExampleConsole, type ExampleConsole } from '../example-console.ts'
import { ask, type Answer } from '../http.ts'
import { createCheck, type Check } from './openapi-check.ts'
import { apiOver } from './options.ts'

/** The API over the engine on real Redis, each of its answers checked against its own document. */
export interface ApiStage {
  readonly rig: Rig
  readonly url: string
  readonly console: ExampleConsole
  readonly check: Check
  /** A token of that name; makes a new one each time. */
  token(
    can: readonly Scope[],
    more?: { pools?: readonly string[]; tenant?: string | null; forMs?: number | null },
  ): Promise<string>
  call(
    method: string,
    path: string,
    options?: { token?: string | null; body?: unknown; headers?: Readonly<Record<string, string>> },
  ): Promise<Answer & { readonly json: Readonly<Record<string, unknown>> }>
  /** Adds a pool of that name, of a team. */
  addPool(name: string, tenant?: string | null): Promise<void>
  stop(): Promise<void>
}

export async function startApiStage(
  options: { password?: string; trustedProxies?: TrustedProxies | null } = {},
): Promise<ApiStage> {
  const rig = await startRig()
  await rig.reset()
  const tokens = rig.services.tokens
  const console = await startExampleConsole(rig.redis, { ...options, now: rig.now, api: apiOver(rig) })
  const at = console.web.url
  const document: unknown = JSON.parse((await ask(`${at}/api/openapi.json`)).body)
  const check = createCheck(document)
  let made = 0
  return {
    rig,
    url: at,
    console,
    check,
    token: async (can, { pools = [], tenant = null, forMs = null } = {}) => {
      const by = { id: 'console:ada', name: 'Ada', platform: 'console' }
      return tokens.make({ name: `token-${++made}`, tenant, can, pools, by, forMs }, rig.now())
    },
    call: async (method, path, { token = null, body, headers = {} } = {}) => {
      const answer = await ask(at + path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const type = String(answer.headers['content-type'])
      check.answer(method, path, answer.status, type, answer.body)
      const json = type.startsWith('text/') ? {} : (JSON.parse(answer.body) as Readonly<Record<string, unknown>>)
      return { ...answer, json }
    },
    addPool: (name, tenant) => addPoolTo(rig, name, tenant),
    stop: async () => {
      await console.close()
      await rig.stop()
    },
  }
}

/** Another pool of that name with its origin, of a team. */
export async function addPoolTo(rig: Rig, name: string, tenant: string | null = null): Promise<void> {
  const { store } = rig.services
  await store.create({ ...examplePool({ id: name, name, createdAt: T + 1 }), tenant })
  const lease = await store.lock(name, 1000)
  if (lease === null) throw new Error('the new pool is locked')
  const members = { put: [exampleMember(`${name}-1`, { poolId: name, role: 'origin' })] }
  await store.commit(name, { kind: 'lease', lease }, { change: { members } })
  await lease.release()
}
