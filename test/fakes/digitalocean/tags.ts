import { unprocessable } from './api-error.ts'
import type { DropletRecord, TagRecord } from './records.ts'
import type { World } from './world.ts'

const allowed = /^[a-zA-Z0-9_\-:]{1,255}$/

export function isTagName(name: string): boolean {
  return allowed.test(name)
}

/** The tag, made when there is none; names are compared without regard to case and shown as first written. */
export function ensureTag(world: World, name: string): TagRecord {
  if (!isTagName(name)) {
    throw unprocessable('Tag names can only contain letters, numbers, colons, dashes and underscores')
  }
  const known = world.tags.get(name.toLowerCase())
  if (known) return known
  const tag: TagRecord = { name, lastTaggedUri: null }
  world.tags.set(name.toLowerCase(), tag)
  return tag
}

export function hasTag(resource: { readonly tags: readonly string[] }, name: string): boolean {
  return resource.tags.some((tag) => tag.toLowerCase() === name.toLowerCase())
}

export function addTag(world: World, resource: { tags: string[] }, name: string, uri: string): void {
  const tag = ensureTag(world, name)
  tag.lastTaggedUri = uri
  if (!hasTag(resource, name)) resource.tags = [...resource.tags, tag.name]
}

export function dropTag(resource: { tags: string[] }, name: string): void {
  resource.tags = resource.tags.filter((tag) => tag.toLowerCase() !== name.toLowerCase())
}

export function tagged(world: World, name: string): DropletRecord[] {
  return [...world.droplets.values()].filter((droplet) => hasTag(droplet, name))
}
