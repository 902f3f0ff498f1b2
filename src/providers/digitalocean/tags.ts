import { createHash } from 'node:crypto'

/** What every droplet of Spinup's making carries; one without it is never deleted. */
export const SPINUP_TAG = 'spinup'

const LONGEST_TAG = 255

/**
 * `text` as a tag that DigitalOcean takes: letters, digits, `_`, `-` and `:`. Anything else becomes `_`, with a hash of
 * the whole behind it, so that two texts never share a tag.
 */
export function tagOf(text: string): string {
  if (/^[\w:-]+$/.test(text) && text.length <= LONGEST_TAG) return text
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10)
  return `${text.replaceAll(/[^\w:-]/g, '_').slice(0, LONGEST_TAG - 11)}-${hash}`
}

/** Whether `tag` is among `tags`: DigitalOcean shows a tag in the case it was first written in, and minds none. */
export function carries(tags: readonly string[], tag: string): boolean {
  return tags.some((one) => one.toLowerCase() === tag.toLowerCase())
}

/** `text` as a droplet's name: a host name of letters, digits, `.` and `-`. */
export function hostNameOf(text: string): string {
  const name = text
    .replaceAll(/[^a-zA-Z0-9.-]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, '')
  return name === '' ? 'spinup' : name
}

/**
 * DigitalOcean gives a snapshot its id only when it is complete, and operations need one from the start that never
 * changes: the droplet's id and the snapshot's name. A bare number is an image of DigitalOcean's.
 */
export type SnapshotRef =
  | { readonly kind: 'named'; readonly originId: string; readonly name: string }
  | { readonly kind: 'image'; readonly imageId: string }

export function snapshotIdOf(originId: string, name: string): string {
  return `${originId}:${name}`
}

export function snapshotRef(id: string): SnapshotRef {
  const colon = id.indexOf(':')
  if (colon === -1) return { kind: 'image', imageId: id }
  return { kind: 'named', originId: id.slice(0, colon), name: id.slice(colon + 1) }
}

/** A droplet's, image's or action's id as DigitalOcean's number; null when it cannot be one, so that nothing has it. */
export function vendorId(id: string): number | null {
  const number = Number(id)
  return /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(number) ? number : null
}
