import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import type { ConsolePeople } from '../store/console-people.ts'
import { isSpinups, personId, tidyName } from './console-api.ts'
import type { SignIn } from './session.ts'

// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */

const Named = z.object({ name: z.string().max(200) })

/**
 * `GET /api/console/people` answers `{names}`, `POST {"name": …}` the link of an invitation, `POST …/remove` ends that
 * person's password and sign-ins. For the one who has the console's password alone.
 */
export function addPeople(
  app: FastifyInstance,
  {
    people,
    publicUrl,
    signInOf,
  }: {
    readonly people: ConsolePeople
    readonly publicUrl: string
    readonly signInOf: (request: FastifyRequest) => SignIn | null
  },
): void {
  const ownerOnly = (request: FastifyRequest): void => {
    if (signInOf(request)?.person === null) return
    throw new SpinupError('unauthorised', 'Only the one who has the console’s password says who else may sign in.')
  }

  app.get('/api/console/people', async (request) => {
    ownerOnly(request)
    return { names: await people.names() }
  })

  app.post('/api/console/people', { bodyLimit: 4096 }, async (request) => {
    ownerOnly(request)
    const name = nameIn(request)
    const same = await namesake(people, name)
    if (same !== undefined) {
      const message = `${same} goes by that name already: invite ${same}, or remove them first.`
      throw new SpinupError('conflict', message)
    }
    return { name, url: `${publicUrl}/join?link=${await people.invite(name)}` }
  })

  app.post('/api/console/people/remove', { bodyLimit: 4096 }, async (request) => {
    ownerOnly(request)
    const name = nameIn(request)
    if (await people.remove(name)) return { removed: name }
    throw new SpinupError('notFound', `Nobody called ${name} was invited.`)
  })
}

/** Whom the history could not tell from somebody of that name; undefined: nobody. */
export async function namesake(people: ConsolePeople, name: string): Promise<string | undefined> {
  return (await people.names()).find((one) => one !== name && personId(one) === personId(name))
}

/** Throws `badInput`. */
function nameIn(request: FastifyRequest): string {
  const name = tidyName(Named.safeParse(request.body).data?.name ?? '')
  if (name !== '' && !/^owner$|\(owner\)$/i.test(name.normalize('NFKC')) && !isSpinups(name)) return name
  throw new SpinupError('badInput', 'Send a JSON body like {"name": "Dana"}; the names "owner" and "Spinup" are taken.')
}
