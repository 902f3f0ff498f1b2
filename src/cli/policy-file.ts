import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
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
  const data = readFields(name, text)
  try {
    const policy = takePolicy(DEFAULT_POLICY, data, createPlatforms(CHATS))
    policy.calendar.forEach(checkWindow)
    // Only what was there: an absent field keeps its default.
    return Object.fromEntries(Object.entries(policy).filter(([key]) => Object.hasOwn(data, key)))
  } catch (cause) {
    throw wrong(
      name,
      messageOf(cause).replace(/[.;] nothing was changed\.$/i, '; what is not in it has its default'),
      cause,
    )
  }
}

/** The fields of a policy file in YAML, of which JSON is a part: known ones, their values not judged yet. Throws as `readPolicyFile`. */
export function readFields(name: string, text: string): Readonly<Record<string, unknown>> {
  let data: unknown
  try {
    data = parse(text)
  } catch (cause) {
    throw wrong(name, `it is not JSON or YAML (${messageOf(cause).split('\n')[0]})`, cause)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw wrong(name, 'it takes one object, e.g. {"target": 0.7, "min": 1, "max": 20}, or the same in YAML')
  }
  const odd = Object.keys(data).filter((key) => !KEYS.includes(key))
  if (odd.length > 0) throw wrong(name, odd.map(unknown).join('\n  '))
  return { ...data }
}

function wrong(name: string, words: string, cause?: unknown): SpinupError {
  return new SpinupError('configuration', `the policy file ${name}: ${words}`, { cause })
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
