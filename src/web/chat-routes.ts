import type { RequestListener } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { SpinupError } from '../core/model/error.ts'

/** Lets an SDK that reads requests itself answer under a path of ours: `/slack/…`. */
export interface ChatRoutes {
  /** From now on requests below `/NAME/` are this listener's. */
  open(name: string, listener: RequestListener): void
}

/** ChatRoutes that are registered before the server listens, and opened whenever their SDK is ready; a closed one is a 404. */
export function createChatRoutes(names: readonly string[]): ChatRoutes & { register(app: FastifyInstance): void } {
  const listeners = new Map<string, RequestListener>()
  return {
    open: (name, listener) => void listeners.set(name, listener),
    register(app) {
      void app.register(async (scope) => {
        // A signature is over the bytes as they came, so nothing here may read them.
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
        for (const name of names) {
          scope.all(`/${name}/*`, async (request, reply) => {
            const listener = listeners.get(name)
            if (listener === undefined) throw new SpinupError('notFound', `This Spinup does not talk to ${name}.`)
            reply.hijack()
            listener(request.raw, reply.raw)
            return reply
          })
        }
      })
    },
  }
}
