import type { FastifyReply, FastifyRequest } from 'fastify'
import { SpinupError, type ErrorCode } from '../core/model/error.ts'
import { Unknown } from './api/guard.ts'

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

/** Every failure as `{code, message}`; what was not foreseen is logged and reported without its inside. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof SpinupError) {
    if (error instanceof Unknown) void reply.header('www-authenticate', 'Bearer')
    if (error.retryAfterMs !== null) void reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
    return reply.code(statusOf(error)).send({ code: error.code, message: error.message })
  }
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string }
  if (statusCode !== undefined && statusCode < 500) {
    return reply.code(statusCode).send({ code: 'badInput', message: message ?? 'That request could not be read.' })
  }
  request.log.error({ err: error }, 'request failed')
  return reply
    .code(500)
    .send({ code: 'unavailable', message: 'Something went wrong here; the log of the bot says what.' })
}
