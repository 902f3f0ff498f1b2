/** What became of one thing that the pages say. */
export type Outcome = 'run' | 'parsed' | 'marked' | 'failed'

export interface Verdict {
  readonly outcome: Outcome
  /** Where it stands: `docs/api.md:7`. */
  readonly at: string
  /** What it is about, and for a failure what is wrong. */
  readonly what: string
}

/** `why` is null where it is right. */
export function verdict(
  { file, line }: { readonly file: string; readonly line: number },
  what: string,
  why: string | null,
  outcome: Outcome = 'parsed',
): Verdict {
  const at = `${file}:${line}`
  return why === null ? { outcome, at, what } : { outcome: 'failed', at, what: `${what}: ${why}` }
}
