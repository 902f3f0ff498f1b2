import { SpinupError } from '../../../src/core/model/error.ts'
import { NO_FIGURES, type Balancer } from '../../../src/balancers/balancer.ts'

export type ToyMembers = Readonly<Record<string, 'serving' | 'draining'>>

export function createToyBalancer({
  url,
  key,
  isHealthy,
}: {
  readonly url: string
  readonly key: string
  readonly isHealthy: (url: string) => Promise<boolean>
}): Balancer {
  const send = async (method: string, body?: object): Promise<ToyMembers> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new SpinupError('balancerFailed', `The toy balancer answered ${response.status}.`)
    return (await response.json()) as ToyMembers
  }
  const put = async (member: string, state: 'serving' | 'draining' | null): Promise<void> =>
    void (await send('PUT', { member, state }))
  return {
    kind: 'toy',
    add: (member) => put(member, 'serving'),
    async drain(member) {
      if ((await send('GET'))[member] !== undefined) await put(member, 'draining')
    },
    remove: (member) => put(member, null),
    async list() {
      const members = Object.entries(await send('GET'))
      return Promise.all(
        members.map(async ([member, state]) => ({
          ...NO_FIGURES,
          url: member,
          state:
            state === 'draining'
              ? ('draining' as const)
              : (await isHealthy(member))
                ? ('healthy' as const)
                : ('unhealthy' as const),
          inFlight: 0,
          failed: 0,
        })),
      )
    },
    queued: async () => null,
    weigh: async () => undefined,
  }
}
