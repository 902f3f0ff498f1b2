import { isNode, listOf, type Json, type Node, type OpenApiDocument } from './document.ts'

/**
 * Where `value` has properties that `schema` does not name (JSON Schema lets them pass), or, in a request, that are
 * read-only. Objects of which the document says nothing are free.
 */
export function undeclared(document: OpenApiDocument, value: unknown, schema: Json, inRequest: boolean): string[] {
  return walk(document, value, flatten(document, [schema], value), inRequest, '')
}

function walk(
  document: OpenApiDocument,
  value: unknown,
  schemas: readonly Node[],
  inRequest: boolean,
  path: string,
): string[] {
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => schema['items'] ?? [])
    return value.flatMap((item, index) =>
      walk(document, item, flatten(document, items, item), inRequest, `${path}/${index}`),
    )
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
    const inner = flatten(document, declared, child)
    if (inRequest && inner.some((schema) => schema['readOnly'] === true)) return [`${here} is read-only`]
    return walk(document, child, inner, inRequest, here)
  })
}

/** The schemas with their `allOf`, and those of their `oneOf` and `anyOf` that `value` could be; references followed. */
function flatten(document: OpenApiDocument, schemas: readonly Json[], value: unknown): Node[] {
  return schemas.flatMap((schema) => {
    const node = document.deref(schema)
    const choices = ['oneOf', 'anyOf'].flatMap((key) => listOf(node[key]))
    const parts = [...listOf(node['allOf']), ...choices.filter((one) => couldBe(document, one, value))]
    return [node, ...flatten(document, parts, value)]
  })
}

/** False where a property of `value` is none of those that the schema lists for it: a button is no select. */
function couldBe(document: OpenApiDocument, schema: Json, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const { properties } = document.deref(schema)
  return Object.entries(value).every(([name, child]) => {
    const listed = isNode(properties) ? document.deref(properties[name])['enum'] : undefined
    return listed === undefined || listOf(listed).includes(child as Json)
  })
}
