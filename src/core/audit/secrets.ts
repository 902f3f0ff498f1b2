/** What tokens look like; people paste them where they should not. */
const SECRETS: readonly RegExp[] = [
  /\bdo[a-z]_v1_\w{8,}/g,
  /\bx(?:ox[a-z]|app|wfp)-[\w-]{8,}/g,
  // Discord: id, time and signature.
  /\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}/g,
  /\bgh[opsur]_\w{20,}/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g,
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=\b(?:token|secret|password|passwd|api[_-]?key|key|link)\s*[=:]\s*)[^\s&"']{4,}/gi,
  // A user and password in a URL.
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
]
const LONGEST = 400

/** The text with everything that looks like a secret left out, cut to 400 characters. */
export function withoutSecrets(text: string): string {
  let clean = text
  for (const pattern of SECRETS) clean = clean.replaceAll(pattern, '…')
  const letters = [...clean.replaceAll(/[\p{C}\s]+/gu, ' ').trim()]
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('')}…` : letters.join('')
}

/** The same for every text in plain data, to any depth that a request has. */
export function plainWithoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value)
  if (Array.isArray(value)) return value.map(plainWithoutSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainWithoutSecrets(one)]))
}
