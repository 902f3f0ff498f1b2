import { unprocessable } from './route.ts'
import type { DropletRecord, TagRecord } from './records.ts'
import type { World } from './world.ts'

const allowed = /^[a-zA-Z0-9_\-:]{1,255}$/

export function isTagName(name: string): boolean {
  return allowed.test(name)
}

/** The tag, made when there is none; a known one is found in any capitals and keeps those it was first written with. */
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

/** By the capitals it was first written with: in the API no other spelling finds it. */
export function findTag(world: World, name: string): TagRecord | undefined {
  const tag = world.tags.get(name.toLowerCase())
  return tag?.name === name ? tag : undefined
}

export function hasTag(resource: { readonly tags: readonly string[] }, name: string): boolean {
  return resource.tags.includes(name)
}

export function addTag(world: World, resource: { tags: string[] }, name: string, uri: string): void {
  const tag = ensureTag(world, name)
  tag.lastTaggedUri = uri
  if (!hasTag(resource, tag.name)) resource.tags = [...resource.tags, tag.name]
}

export function tagged(world: World, name: string): DropletRecord[] {
  return [...world.droplets.values()].filter((droplet) => hasTag(droplet, name))
}
