import { isNode, listOf } from './openapi-document.ts'
import type { Json, Node, OpenApiDocument } from './openapi-document.ts'

/**
 * Where `value` has properties that `schema` does not name (JSON Schema lets them pass), or, in a request, that are
 * read-only. Objects of which the document says nothing are free.
 */
export function undeclared(document: OpenApiDocument, value: unknown, schema: Json, inRequest: boolean): string[] {
  return walk(document, value, flatten(document, [schema]), inRequest, '')
}

function walk(
  document: OpenApiDocument,
  value: unknown,
  schemas: readonly Node[],
  inRequest: boolean,
  path: string,
): string[] {
  if (Array.isArray(value)) {
    const items = flatten(
      document,
      schemas.flatMap((schema) => schema['items'] ?? []),
    )
    return value.flatMap((item, index) => walk(document, item, items, inRequest, `${path}/${index}`))
  }
  if (typeof value !== 'object' || value === null) return []
  if (!schemas.some((schema) => isNode(schema['properties']))) return []
  const open = schemas.some(
    (schema) => schema['additionalProperties'] === true || isNode(schema['additionalProperties']),
  )
  return Object.entries(value).flatMap(([name, child]) => {
    const here = `${path}/${name}`
    const declared = schemas.flatMap((schema) =>
      isNode(schema['properties']) ? (schema['properties'][name] ?? []) : [],
    )
    if (declared.length === 0) return open ? [] : [`${here} is not in the document`]
    const inner = flatten(document, declared)
    if (inRequest && inner.some((schema) => schema['readOnly'] === true)) return [`${here} is read-only`]
    return walk(document, child, inner, inRequest, here)
  })
}

/** The schemas with all their `allOf`, `oneOf` and `anyOf` parts, references followed. */
function flatten(document: OpenApiDocument, schemas: readonly Json[]): Node[] {
  return schemas.flatMap((schema) => {
    const node = document.deref(schema)
    const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((key) => listOf(node[key]))
    return [node, ...flatten(document, parts)]
  })
}
