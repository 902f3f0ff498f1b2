import { readFile } from 'node:fs/promises'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { nearest } from '../core/model/nearest.ts'
import { createPlatforms } from '../core/model/platforms.ts'
import { DEFAULT_POLICY, type Policy } from '../core/model/policy.ts'
import { POLICY_FIELDS, takePolicy } from '../core/policy/fields.ts'
import { checkWindow } from '../engine/loop/calendar.ts'
import { CHATS } from '../registry/registry.ts'

/** The fields that a policy file sets; throws `configuration` that names the file, each wrong field and what is right. */
export async function readPolicyFile(path: string): Promise<Partial<Policy>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SpinupError('configuration', `the policy file ${path} cannot be read: ${messageOf(cause)}`)
  })
  return parsePolicy(path, text)
}

const KEYS: readonly string[] = POLICY_FIELDS.map(({ key }) => key)

/** `name` is what errors call it. */
export function parsePolicy(name: string, text: string): Partial<Policy> {
  const wrong = (words: string): SpinupError => new SpinupError('configuration', `the policy file ${name}: ${words}`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw wrong(`it is not JSON (${messageOf(cause)})`)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw wrong('it takes one JSON object, e.g. {"target": 0.7, "min": 1, "max": 20}')
  }
  const given = Object.keys(data)
  const odd = given.filter((key) => !KEYS.includes(key))
  if (odd.length > 0) throw wrong(odd.map(unknown).join('\n  '))
  try {
    const policy = takePolicy(DEFAULT_POLICY, { ...data }, createPlatforms(CHATS))
    policy.calendar.forEach(checkWindow)
    // Only what was there: an absent field keeps its default.
    return Object.fromEntries(Object.entries(policy).filter(([key]) => given.includes(key)))
  } catch (cause) {
    throw wrong(messageOf(cause).replace(/[.;] nothing was changed\.$/i, '; what is not in it has its default'))
  }
}

function unknown(key: string): string {
  const plain = nearest(
    key.replaceAll(/[-_ ]/g, ''),
    KEYS.map((known) => known.toLowerCase()),
  )
  const near = KEYS.find((known) => known.toLowerCase() === plain)
  const known = near === undefined ? `the fields are ${KEYS.join(', ')}` : `did you mean ${near}?`
  return `there is no field ${key}; ${known}`
}
