import { withoutUnseen } from './clean.ts'

/** What tokens look like; people paste them where they should not. */
const TOKENS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a DigitalOcean token', /\bdo[a-z]_v1_\w{8,}/gi],
  ['a Slack token', /\bx(?:ox[a-z](?:\.xox[a-z])?|app|wfp)-[\w.-]{8,}/gi],
  // Id, time and signature.
  ['a Discord bot token', /(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|\bmfa\.[\w-]{20,}/g],
  ['a GitHub token', /\b(?:gh[opsur]_|github_pat_)\w{20,}/g],
  ['a GitLab token', /\bglpat-[\w-]{16,}/g],
  ['an AWS key', /\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g],
  ['a Google key', /\bAIza[\w-]{35}/g],
  ['a signed token (JWT)', /\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g],
  ['a secret key', /\b(?:sk|rk)[_-](?:live_|test_|proj-|ant-)?[A-Za-z\d_-]{20,}|\b(?:npm_|hf_|dckr_pat_)\w{20,}/g],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*-----|$)/g],
  ['a key of Spinup’s', /\bsp[ae]_[\w-]+\.[\w.-]+\.[\w-]{32}|\bspp_[\w-]+\.[\w-]{24,}|\bspt_[\w-]{16,}(?:\.[\w-]+)*/g],
]

/** What a text holds that only its owner may know, e.g. `a Slack token`; null: nothing that looks like it. */
export function tokenIn(text: string): string | null {
  const plain = visible(text)
  return TOKENS.find(([, pattern]) => plain.search(pattern) >= 0)?.[0] ?? null
}

/** The text with tokens left out. */
export function hideTokens(text: string): string {
  return TOKENS.reduce((left, [, pattern]) => left.replaceAll(pattern, '…'), visible(text))
}

/** Copied from a page, a token may have zero-width letters in it, or be escaped for Markdown. */
function visible(text: string): string {
  return withoutUnseen(text)
    .replaceAll(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
    .replaceAll('\\_', '_')
}
