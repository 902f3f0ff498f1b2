import type { OpenApiDocument } from '../openapi/document.ts'
import { createValidator as createOpenApiValidator, type Validator } from '../openapi/validate.ts'

export type { Validator } from '../openapi/validate.ts'

/** Checks exchanges with DigitalOcean; OAuth and metadata are in no document. */
export function createValidator(document: OpenApiDocument): Validator {
  return createOpenApiValidator(document, {
    covers: (path) => path.startsWith('/v2/'),
    identity: (_, { requestHeaders }) =>
      /^Bearer \S+$/.test(requestHeaders['authorization'] ?? '') ? [] : ['it has no bearer token'],
  })
}
