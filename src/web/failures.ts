import type { FastifyReply, FastifyRequest } from 'fastify'
import { SpinupError, type ErrorCode } from '../core/model/error.ts'
import { Unknown } from './api/guard.ts'
import { visible } from '../core/model/clean.ts'
import { failurePage, PAGE_HEADERS, policyOfFailure } from './page.ts'

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  badInput: 400,
  unauthorised: 403,
  notFound: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
  timeout: 504,
  storeFailed: 503,
  providerRefused: 503,
}

/** HTTP's status of a failure that was foreseen. */
export function statusOf(error: SpinupError): number {
  return error instanceof Unknown ? error.statusCode : (STATUS[error.code] ?? 500)
}

/**
 * Whether a person's browser asks, and not a program or a script of a page. Only a type that is named counts: scripts and
 * curl ask for anything.
 */
export function wantsPage({ headers }: FastifyRequest): boolean {
  const types = new Map(
    String(headers.accept ?? '')
      .toLowerCase()
      .split(',')
      .map((offer) => {
        const [type = '', ...parameters] = offer.split(';').map((part) => part.trim())
        return [type, Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)] as const
      }),
  )
  const page = types.get('text/html') ?? 0
  return page > 0 && page >= (types.get('application/json') ?? 0)
}

/** The server's own refusals, in words that say what to do. */
const UNREADABLE: Readonly<Record<string, (request: FastifyRequest) => string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => 'Send the body as JSON, with the header content-type: application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: () => 'The body is empty: send JSON, or leave the header content-type out.',
  FST_ERR_CTP_INVALID_JSON_BODY: () => 'The body is not JSON, or has a key in it that is refused, such as __proto__.',
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions: { bodyLimit } }) =>
    `The body is too long: ${bodyLimit} bytes are the most here.`,
  FST_ERR_BAD_URL: ({ url }) => `The address ${url} cannot be read: what follows a % in it is no letter.`,
  FST_ERR_MAX_PARAM_LENGTH: () => 'A name in that address is too long.',
}

/**
 * Every failure as `{code, message}` for programs, and as a page with the same words for people; what was not foreseen is
 * logged and reported without its inside.
 */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const send = (status: number, code: ErrorCode, words: string): FastifyReply => {
    // What was asked for is named in it.
    const message = visible(words)
    void reply.code(status).header('vary', 'accept').header('cache-control', 'no-store')
    if (!wantsPage(request)) return reply.type('application/json; charset=utf-8').send({ code, message })
    void reply.headers({ ...PAGE_HEADERS, 'content-security-policy': policyOfFailure() })
    return reply.type('text/html; charset=utf-8').send(failurePage(status, message))
  }
  if (error instanceof SpinupError) {
    if (error instanceof Unknown) void reply.header('www-authenticate', 'Bearer')
    if (error.retryAfterMs !== null) void reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
    return send(statusOf(error), error.code, error.message)
  }
  const {
    statusCode,
    code = '',
    message,
  } = error as Readonly<Partial<Record<'code' | 'message', string>>> & {
    readonly statusCode?: number
  }
  if (statusCode !== undefined && statusCode < 500) {
    return send(statusCode, 'badInput', UNREADABLE[code]?.(request) ?? message ?? 'That request could not be read.')
  }
  request.log.error({ err: error }, 'request failed')
  return send(500, 'unavailable', 'Something went wrong here; the log of the bot says what.')
}
