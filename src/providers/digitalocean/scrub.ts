/** DigitalOcean's own prefixes: personal, OAuth and refresh tokens. */
const TOKENS = /\bdo[opr]_v1_[\w-]+/g

const BEARER = /\bbearer\s+[\w.~+/=-]+/gi

/** `text` without the given secrets, nor anything that looks like a DigitalOcean token or a bearer header. */
export function scrub(text: string, ...secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '…')
  return clean.replace(TOKENS, '…').replace(BEARER, 'bearer …')
}
