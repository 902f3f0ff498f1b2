const ids: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  415: 'unsupported_media_type',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'server_error',
  503: 'service_unavailable',
}

/** A refusal in the API's own form: `{id, message, request_id}`. */
export class ApiError extends Error {
  readonly status: number
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.id = ids[status] ?? 'error'
    this.headers = headers
  }
}

export function notFound(): ApiError {
  return new ApiError(404, 'The resource you were accessing could not be found.')
}

export function unprocessable(message: string): ApiError {
  return new ApiError(422, message)
}
