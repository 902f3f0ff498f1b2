/** One request and what became of it, for assertions and for the validator. */
export interface Exchange {
  readonly at: number
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  /** The official document's operation id; null for OAuth, metadata and unknown paths. */
  readonly operation: string | null
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Parsed when it is JSON or a form, else the text; undefined when there was none. */
  readonly requestBody: unknown
  /** The status that was decided on, also when the answer never left; null when the server never got to decide. */
  readonly status: number | null
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: unknown
  /** Did the caller get the answer? `lost`: done, but the answer was thrown away. */
  readonly outcome: 'answered' | 'lost' | 'hung' | 'reset'
  /** The kinds of the faults that hit it. */
  readonly faults: readonly string[]
  /** The name of the token it came with. */
  readonly token: string | null
}

/** JSON, form fields, or the text itself; undefined when empty. Throws SyntaxError on broken JSON. */
export function parseBody(text: string, contentType: string): unknown {
  if (text === '') return undefined
  if (contentType.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  if (contentType.includes('json') || /^\s*[{[]/.test(text)) return JSON.parse(text)
  return text
}
