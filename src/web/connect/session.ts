import { timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SpinupError } from '../../core/model/error.ts'
import { newSecret, type ConnectSessions, type LinkOrder } from '../../store/connect-sessions.ts'
import type { DropletPick } from '../../core/model/droplet.ts'
import type { BalancerPick, MembersPick } from './service.ts'

/** One person's way through the page. It holds no token: those are in the vault, under `account.id`. */
export interface Journey {
  readonly order: LinkOrder
  /** Stands in every form, and must come back. */
  readonly csrf: string
  /** While the person is at a cloud, to log in. */
  readonly oauth: { readonly cloud: string; readonly state: string; readonly verifier: string } | null
  readonly account: { readonly id: string; readonly name: string; readonly cloud: string } | null
  readonly droplet: DropletPick | null
  readonly balancer: BalancerPick | null
  readonly members: MembersPick | null
  readonly done: { readonly pool: string; readonly line: string | null } | null
}

const CONNECT_COOKIE = 'spinup_connect'

export interface Journeys {
  /** Uses a link up and begins; null when it cannot be used any more. */
  begin(link: string, reply: FastifyReply): Promise<Journey | null>
  /** The session behind the request's cookie; throws `unauthorised`. */
  of(request: FastifyRequest): Promise<{ readonly id: string; readonly journey: Journey }>
  save(id: string, journey: Journey): Promise<void>
}

export function createJourneys(sessions: ConnectSessions, secure: boolean): Journeys {
  return {
    async begin(link, reply) {
      const order = await sessions.redeem(link)
      if (order === null) return null
      const id = newSecret()
      const journey: Journey = {
        order,
        csrf: newSecret(),
        oauth: null,
        account: null,
        droplet: null,
        balancer: null,
        members: null,
        done: null,
      }
      await sessions.save(id, JSON.stringify(journey))
      // Lax, not Strict: the way back from a login begins on another site.
      const flags = `Path=/connect; HttpOnly; SameSite=Lax; Max-Age=3600${secure ? '; Secure' : ''}`
      void reply.header('set-cookie', `${CONNECT_COOKIE}=${id}; ${flags}`)
      return journey
    },
    async of(request) {
      const id = cookieOf(request.headers.cookie ?? '')
      const text = id === null ? null : await sessions.load(id)
      // Written by this file alone.
      if (id !== null && text !== null) return { id, journey: JSON.parse(text) as Journey }
      throw new SpinupError(
        'unauthorised',
        'This page is opened by a link from the channel, and closes after an hour. Type /spinup connect there for a new one.',
      )
    },
    save: (id, journey) => sessions.save(id, JSON.stringify(journey)),
  }
}

/** Whether two secrets are the same, in constant time. */
export function sameSecret(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function cookieOf(header: string): string | null {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === CONNECT_COOKIE && value !== undefined && /^[\w-]{43}$/.test(value)) return value
  }
  return null
}
