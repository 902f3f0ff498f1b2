import { z } from 'zod'
import type { Scope } from '../../core/model/api-token.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Caller } from './guard.ts'
import type { ApiService } from './service.ts'

/** One thing the API does; the routes, the OpenAPI document and MCP's tools derive from it. */
export interface Verb<I, O> {
  /** As MCP calls it; also its operationId. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `{pool}` stands for that part of the input. */
  readonly path: string
  /** null: any token. */
  readonly scope: Scope | null
  readonly summary: string
  readonly input: z.ZodObject & z.ZodType<I>
  readonly output: z.ZodType<O>
  /** What a request may look like. */
  readonly example?: Partial<I>
  /** Bytes of a body; 64 KiB unless given. */
  readonly longest?: number
  /** May be sent again under an idempotency-key, and may have to wait for a person. */
  readonly changes: boolean
  run(service: ApiService, caller: Caller, input: I): Promise<O>
  /** The answer as a table, for `format=csv` over HTTP. */
  csv?(answer: O): { readonly file: string; readonly text: string }
  /** The picture in an answer (PNG, base64) and the answer without it, for MCP, where pictures go beside the text; null: there is none. */
  picture?(answer: O): { readonly png: string; readonly rest: O } | null
}

/** A verb among others. */
export type AnyVerb = Verb<Given, object>

/** Unless a verb takes more. Bytes. */
export const LONGEST_BODY = 64 * 1024

/** Keeps the types of a verb's own input and output together. */
export function verb<I, O>(made: Verb<I, O>): Verb<I, O> {
  return made
}

type Given = Readonly<Record<string, unknown>>

/** What was given as the verb's schema has it; `fixed`: parts that came in the path. Throws `badInput` that names what is wrong. */
export function readInput<I>(
  { input, example }: Pick<Verb<I, unknown>, 'input' | 'example'>,
  given: Given,
  fixed: Given = {},
): I {
  const names = Object.keys(input.shape).filter((name) => !Object.hasOwn(fixed, name))
  const odd = Object.keys(given).find((name) => !names.includes(name))
  if (odd !== undefined) {
    const there = names.length === 0 ? 'it takes none' : `there are ${names.join(', ')}`
    throw new SpinupError('badInput', `There is no parameter ${odd.slice(0, 40)}; ${there}.`)
  }
  const result = input.safeParse({ ...given, ...fixed }, { error: inWords })
  if (result.success) return result.data
  const issues = result.error.issues.slice(0, 5).map(({ message }) => message.slice(0, 300).replace(/\.$/, ''))
  const shown = Object.entries(example ?? {}).filter(([name]) => !Object.hasOwn(fixed, name))
  const like = shown.length === 0 ? '' : ` For example: ${JSON.stringify(Object.fromEntries(shown))}`
  throw new SpinupError('badInput', `${issues.join('; ')}.${like}`)
}

/** A query, which is text: lists have commas and numbers digits. Throws `badInput`. */
export function readQuery<I>(input: Verb<I, unknown>['input'], query: unknown, fixed: Given = {}): I {
  const given = Object.entries(Object(query) as Given).map(([name, text]) => {
    const kind = Object.hasOwn(input.shape, name) ? kindOf(input.shape[name]) : undefined
    if (typeof text === 'string') return [name, valueOf(kind, text)]
    const hint = kind === 'array' ? '; put commas between several' : ''
    throw new SpinupError('badInput', `${name.slice(0, 40)} is given twice${hint}.`)
  })
  return readInput({ input }, Object.fromEntries(given) as Given, fixed)
}

function kindOf(schema: z.core.$ZodType | undefined): string | undefined {
  let inner = schema
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap()
  return inner?._zod.def.type
}

function valueOf(kind: string | undefined, text: string): unknown {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (kind !== 'array') return text
  const all = text.split(',').map((one) => one.trim())
  return all.filter((one) => one !== '')
}

/** A schema of ours that says what is wrong names what it is about; the library's words are given its place. */
export function inWords(issue: z.core.$ZodRawIssue): string {
  const where = issue.path?.join('.').slice(0, 80) ?? ''
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${where} is missing`
        : `${where} has to be ${NOUNS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `${where} has to be one of ${issue.values.join(', ')}`
    case 'unrecognized_keys':
      return `${where} has no field ${issue.keys.join(', ').slice(0, 80)}`
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return `${where} is empty`
      return `${where} has to be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue)}`
    case 'too_big':
      return `${where} has to be at most ${issue.maximum}${unitOf(issue)}`
    default: {
      const said = z.config().localeError?.(issue)
      return `${where}: ${(typeof said === 'string' ? said : said?.message) ?? 'is not right'}`
    }
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function unitOf({ origin }: { readonly origin: string }): string {
  return origin === 'string' ? ' letters long' : origin === 'array' ? ' long' : ''
}
