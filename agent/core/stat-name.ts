import { STAT_NAME } from '../../src/core/model/sample.ts'

/** Leaves a timer's `.count` its place within the 64 characters of a stat's name. */
const LONGEST = 57
/** InfluxDB's, Librato's, Graphite's and SignalFX' way of putting tags into the name. */
const TAGS_IN_NAME = /[,#;[][^,#;[]*=.*$/

/**
 * A StatsD name as a stat's name, always the same for the same name; null when there is none. Each character that a
 * stat's name cannot have becomes `_`, `x` goes before what does not start with a letter, and the end of a long name is
 * replaced by a hash of the whole, so that two long names stay two.
 */
export function metricName(text: string): string | null {
  const plain = text
    .trim()
    .replace(TAGS_IN_NAME, '')
    .replaceAll(/[^\w.-]/gu, '_')
  if (plain === '') return null
  const name = /^[A-Za-z]/.test(plain) ? plain : `x${plain}`
  const short =
    name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 8)}-${hashOf(text).toString(36).padStart(7, '0')}`
  return STAT_NAME.test(short) ? short : null
}

/** FNV-1a, 32 bits: tells texts apart, and keeps none of them. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
