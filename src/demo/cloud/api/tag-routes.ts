import { z } from 'zod'
import { ApiError, notFound, unprocessable } from './api-error.ts'
import { page } from './page.ts'
import { bodyOf, needScope } from './route.ts'
import type { Call, Route } from './route.ts'
import type { TagRecord } from './records.ts'
import { addTag, dropTag, ensureTag, findTag, hasTag, isTagName, tagged } from './tags.ts'

const creation = z.object({ name: z.string() })
const resources = z.object({
  resources: z.array(z.object({ resource_id: z.union([z.string(), z.number()]), resource_type: z.string() })),
})

function tagOf(call: Call): TagRecord {
  const tag = findTag(call.world, call.params['tag_id'] ?? '')
  if (!tag) throw notFound()
  return tag
}

function presentTag(call: Call, tag: TagRecord): unknown {
  const droplets = tagged(call.world, tag.name).length
  const images = [...call.world.images.values()].filter((image) => hasTag(image, tag.name)).length
  const none = { count: 0 }
  const uri = tag.lastTaggedUri === null ? {} : { last_tagged_uri: tag.lastTaggedUri }
  return {
    name: tag.name,
    resources: {
      count: droplets + images,
      ...uri,
      droplets: { count: droplets, ...(droplets > 0 ? uri : {}) },
      volumes: none,
      volume_snapshots: none,
      databases: none,
    },
  }
}

/** The droplets and images the body names; all are looked up before any is touched. */
function named(call: Call): readonly { readonly resource: { tags: string[] }; readonly uri: string }[] {
  return bodyOf(call, resources).resources.map(({ resource_id: id, resource_type: type }) => {
    if (type !== 'droplet' && type !== 'image') throw unprocessable(`${type} is not a taggable resource here`)
    needScope(call, `${type}:update`)
    const { droplets, images } = call.world
    const resource = type === 'droplet' ? droplets.get(Number(id)) : images.get(Number(id))
    if (!resource) throw notFound()
    return { resource, uri: `${call.origin}/v2/${type}s/${id}` }
  })
}

/** Tags, and tagging of droplets and images. */
export const tagRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/tags',
    operation: 'tags_list',
    scopes: ['tag:read'],
    run: (call) => page(call, 'tags', [...call.world.tags.values()], (tag) => presentTag(call, tag)),
  },
  {
    method: 'POST',
    path: '/v2/tags',
    operation: 'tags_create',
    scopes: ['tag:create'],
    run(call) {
      const { name } = bodyOf(call, creation)
      if (!isTagName(name)) {
        throw new ApiError(400, `Error validating resource tag: "tag-name \\"${name}\\" contains invalid characters"`)
      }
      const tag = ensureTag(call.world, name)
      return { status: 201, body: { tag: presentTag(call, tag) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/tags/{tag_id}',
    operation: 'tags_get',
    scopes: ['tag:read'],
    run: (call) => ({ status: 200, body: { tag: presentTag(call, tagOf(call)) } }),
  },
  {
    method: 'DELETE',
    path: '/v2/tags/{tag_id}',
    operation: 'tags_delete',
    scopes: ['tag:delete'],
    run(call) {
      const { name } = tagOf(call)
      for (const resource of [...call.world.droplets.values(), ...call.world.images.values()]) dropTag(resource, name)
      call.world.tags.delete(name.toLowerCase())
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/v2/tags/{tag_id}/resources',
    operation: 'tags_assign_resources',
    scopes: ['tag:create'],
    run(call) {
      const { name } = tagOf(call)
      for (const { resource, uri } of named(call)) addTag(call.world, resource, name, uri)
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/tags/{tag_id}/resources',
    operation: 'tags_unassign_resources',
    scopes: ['tag:delete'],
    run(call) {
      const { name } = tagOf(call)
      for (const { resource } of named(call)) dropTag(resource, name)
      return { status: 204 }
    },
  },
]
