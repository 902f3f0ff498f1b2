import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Node = { readonly [key: string]: Json }

const methods = ['get', 'post', 'put', 'patch', 'delete']

export function isNode(value: Json | undefined): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly pattern: RegExp
  readonly parameters: readonly Node[]
  readonly requestBody: Node | null
  readonly responses: Node
  /** The scopes of its bearer token. */
  readonly scopes: readonly string[]
  /** Names of the security schemes, one of which it wants; empty: it is open to everyone. */
  readonly schemes: readonly string[]
}

export interface OpenApiDocument {
  readonly schemas: Node
  readonly operations: readonly Operation[]
  /** Follows `$ref` until there is none. */
  deref(value: Json | undefined): Node
  find(method: string, path: string): Operation | null
}

/** Where the official document of that file name is, beside the project. */
export function usualPath(name: string): string {
  return join(import.meta.dirname, '../../../../shared/specs', name)
}

/** Documents that were read in this process, by path: each has megabytes. */
const read = new Map<string, OpenApiDocument>()

/**
 * The official document of `vendor` at `path`, or null with a line that says so, where it is absent. Throws when the
 * file is there and is not such a document.
 */
export function loadOpenApi(vendor: string, path: string, say: (line: string) => void): OpenApiDocument | null {
  const known = read.get(path)
  if (known !== undefined) return known
  if (!existsSync(path)) {
    say(`skipped: the ${vendor} API document is not at ${resolve(path)}`)
    return null
  }
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const document = readDocument(parsed as Node)
  read.set(path, document)
  return document
}

export function readDocument(root: Node): OpenApiDocument {
  const deref = (value: Json | undefined): Node => {
    let node = value
    while (isNode(node) && typeof node['$ref'] === 'string') node = at(root, node['$ref'])
    return isNode(node) ? node : {}
  }
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(deref(root['paths']))) {
    const shared = listOf(deref(item)['parameters'])
    for (const method of methods) {
      const operation = deref(item)[method]
      if (!isNode(operation)) continue
      operations.push({
        id: String(operation['operationId']),
        method: method.toUpperCase(),
        path,
        pattern: new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`),
        parameters: [...shared, ...listOf(operation['parameters'])].map(deref),
        requestBody: operation['requestBody'] === undefined ? null : deref(operation['requestBody']),
        responses: deref(operation['responses']),
        scopes: scopesOf(operation),
        schemes: schemesOf(operation),
      })
    }
  }
  const byFixedness = operations.toSorted((one, other) => parametersIn(one) - parametersIn(other))
  return {
    schemas: deref(deref(root['components'])['schemas']),
    operations,
    deref,
    find: (method, path) => byFixedness.find((one) => one.method === method && one.pattern.test(path)) ?? null,
  }
}

function at(root: Node, pointer: string): Json | undefined {
  let node: Json | undefined = root
  for (const part of pointer.split('/').slice(1)) {
    node = isNode(node) ? node[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  if (node === undefined) throw new Error(`the API document has nothing at ${pointer}`)
  return node
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

function scopesOf(operation: Node): string[] {
  return listOf(operation['security']).flatMap((one) =>
    isNode(one) ? Object.values(one).flatMap((scopes) => listOf(scopes).map(String)) : [],
  )
}

function schemesOf(operation: Node): string[] {
  const ways = listOf(operation['security']).map((one) => Object.keys(isNode(one) ? one : {}))
  // An empty way among them: it may be called without any.
  return ways.some((way) => way.length === 0) ? [] : ways.flat()
}

function parametersIn(operation: Operation): number {
  return operation.path.split('{').length
}
