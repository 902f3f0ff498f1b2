import { z } from 'zod'
import { parseTrustedProxies } from '../core/model/address.ts'
import { parseDuration } from '../core/model/words.ts'

/** A TCP port. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port number from 0 to 65535, e.g. 8080')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port number from 0 to 65535, e.g. 8080')

/** A duration in words, as milliseconds. */
export const span = (example: string) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null) return ms
    context.addIssue({ code: 'custom', message: `a duration, e.g. ${example}` })
    return z.NEVER
  })

/** A web address without its last slashes; `what` says what is taken. */
export const url = (what: string) =>
  z
    .string()
    // `localhost:8080` parses too, as a URL of the scheme `localhost:`.
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), what)
    .transform((text) => text.replace(/\/+$/, ''))

/** What a shell, a header and a resolver read as it stands; and nothing that paths could not be added to. */
const PLAIN_ADDRESS = /^https?:\/\/(\[[\da-f:]+\]|[\w-]+(\.[\w-]+)*)(:[1-9]\d*)?(\/[\w.~%/-]*)?$/

/**
 * A web address that others are given, as browsers write it (small letters, `xn--`, plain IPv4), without its last slashes
 * and a dot at the end of its name. No user, password, query or fragment: it stands in links, and in shells.
 */
export const address = z.string().transform((text, context) => {
  const given = URL.canParse(text) ? new URL(text) : null
  if (given !== null) given.hostname = given.hostname.replace(/\.$/, '')
  const plain = given?.href.replace(/\/+$/, '') ?? ''
  if (PLAIN_ADDRESS.test(plain)) return plain
  const message = 'a URL such as https://spinup.example.com, without user, password, ? and #'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** The proxies whose word is taken for where a request came from. */
export const proxies = z.string().transform((text, context) => {
  const found = parseTrustedProxies(text)
  if (found !== null) return found
  const message =
    'how many proxies there are before the bot, from 1 to 9, or their addresses, e.g. 127.0.0.1, 10.0.0.0/8'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** A number within bounds. */
export const number = (least: number, most: number, example: string) =>
  z
    .string()
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a number from ${least} to ${most}, e.g. ${example}`)

/** For `superRefine`: where the first of a pair is set, the second has to be. */
export const together =
  (...pairs: readonly (readonly [one: string, other: string])[]) =>
  (value: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    for (const [one, other] of pairs) {
      if (value[one] === undefined || value[other] !== undefined) continue
      context.addIssue({ code: 'custom', message: `${one} is set, and needs ${other} as well` })
    }
  }

/** A token or key: no white space. */
export const secret = (what: string) => z.string().regex(/^\S+$/, what)
