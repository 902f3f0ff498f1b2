import { isNode, listOf, type Json, type Node } from './document.ts'

/** The `$id` under which the document's schemas are given to the validator. */
export const SCHEMAS_ID = 'document'

/** An OpenAPI 3.0 schema as JSON Schema: `nullable`, `discriminator`, and references as they are there. */
export function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(toJsonSchema)
  if (!isNode(value)) return value
  // In 3.0 whatever stands beside a reference does not count.
  if (typeof value['$ref'] === 'string') return { $ref: value['$ref'].replace(/^#/, `${SCHEMAS_ID}#`) }
  const plain: Record<string, Json> = {}
  for (const [key, child] of Object.entries(value)) {
    if (key === 'properties' && isNode(child)) {
      plain[key] = Object.fromEntries(Object.entries(child).map(([name, one]) => [name, toJsonSchema(one)]))
    } else if (key === 'discriminator' && isNode(child) && isNode(child['mapping'])) {
      Object.assign(plain, byDiscriminator(String(child['propertyName']), child['mapping']))
    } else if (!dropped.has(key)) plain[key] = key === 'enum' ? child : toJsonSchema(child)
  }
  // Each kind is checked by its own schema; the bare list would let anything pass as the most lenient one.
  if (isNode(value['discriminator']) && isNode(value['discriminator']['mapping'])) {
    delete plain['oneOf']
    delete plain['anyOf']
  }
  return value['nullable'] === true ? orNull(plain) : plain
}

const dropped = new Set(['example', 'examples', 'nullable', 'discriminator', 'description', 'xml', 'externalDocs'])

function byDiscriminator(property: string, mapping: Node): Record<string, Json> {
  return {
    required: [property],
    properties: { [property]: { enum: Object.keys(mapping) } },
    allOf: Object.entries(mapping).map(([name, reference]) => ({
      if: { properties: { [property]: { const: name } } },
      // oxlint-disable-next-line unicorn/no-thenable -- the keyword's name
      then: toJsonSchema({ $ref: String(reference) }),
    })),
  }
}

function orNull(schema: Record<string, Json>): Json {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const values = schema['enum'] === undefined ? {} : { enum: [...listOf(schema['enum']), null] }
  return { ...schema, type: [schema['type'], 'null'], ...values }
}
