import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'

/** The kept entries, each a line of JSON, oldest first; of one pool (its id or name) or all. */
export interface AuditExport {
  lines(pool: string | null): AsyncIterable<string>
}

const Query = z.object({ pool: z.string().min(1).max(64).optional() })

/** `GET /api/audit.ndjson`, with `?pool=` of one pool: the history as a file, as long as it is kept. */
export function addAuditExport(app: FastifyInstance, audit: AuditExport): void {
  app.get('/api/audit.ndjson', { exposeHeadRoute: false }, (request, reply) => {
    const query = Query.safeParse(request.query)
    if (!query.success)
      throw new SpinupError('badInput', 'The history is at /api/audit.ndjson, with ?pool=NAME of one pool.')
    const { pool = null } = query.data
    const name = pool === null ? 'spinup-audit' : `spinup-audit-${pool.replaceAll(/[^\w-]+/g, '-')}`
    return reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}.ndjson"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(ended(audit.lines(pool))))
  })
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}
