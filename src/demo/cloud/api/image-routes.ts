import { z } from 'zod'
import { notFound, unprocessable } from './api-error.ts'
import { isListed } from './late-listing.ts'
import { page } from './page.ts'
import { presentImage, presentSnapshot } from './present.ts'
import type { ImageRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'
import { hasTag } from './tags.ts'

function imageOf(call: Call): ImageRecord {
  const wanted = call.params['image_id'] ?? ''
  const image = [...call.world.images.values()].find((one) => String(one.id) === wanted || one.slug === wanted)
  if (!image) throw notFound()
  return image
}

function snapshotOf(call: Call): ImageRecord {
  const image = call.world.images.get(Number(call.params['snapshot_id']))
  if (!image || image.type !== 'snapshot') throw notFound()
  return image
}

function listed(call: Call): ImageRecord[] {
  const { query } = call
  const tag = query.get('tag_name')
  return [...call.world.images.values()].filter(
    (image) =>
      (query.get('private') !== 'true' || !image.public) &&
      (query.get('type') !== 'distribution' || image.type === 'base') &&
      query.get('type') !== 'application' &&
      (tag === null || hasTag(image, tag)),
  )
}

const update = z.object({
  name: z.string().min(1).optional(),
  distribution: z.string().optional(),
  description: z.string().optional(),
})

/** Images, and the snapshots among them. */
export const imageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/images',
    operation: 'images_list',
    scopes: ['image:read'],
    run: (call) => page(call, 'images', listed(call), presentImage),
  },
  {
    method: 'GET',
    path: '/v2/images/{image_id}',
    operation: 'images_get',
    scopes: ['image:read'],
    run: (call) => ({ status: 200, body: { image: presentImage(imageOf(call)) } }),
  },
  {
    method: 'PUT',
    path: '/v2/images/{image_id}',
    operation: 'images_update',
    scopes: ['image:update'],
    run(call) {
      const image = imageOf(call)
      if (image.public) throw unprocessable('You cannot change a public image.')
      const wanted = bodyOf(call, update)
      image.name = wanted.name ?? image.name
      image.distribution = wanted.distribution ?? image.distribution
      return { status: 200, body: { image: presentImage(image) } }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/images/{image_id}',
    operation: 'images_delete',
    scopes: ['image:delete'],
    run(call) {
      const image = imageOf(call)
      if (image.public) throw unprocessable('You cannot delete a public image.')
      call.world.images.delete(image.id)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/v2/snapshots',
    operation: 'snapshots_list',
    scopes: ['snapshot:read'],
    run(call) {
      const none = call.query.get('resource_type') === 'volume'
      const { images } = call.world
      const snapshots = [...images.values()].filter(
        (image) => image.type === 'snapshot' && !none && isListed(call.world, image.id),
      )
      return page(call, 'snapshots', snapshots, presentSnapshot)
    },
  },
  {
    method: 'GET',
    path: '/v2/snapshots/{snapshot_id}',
    operation: 'snapshots_get',
    scopes: ['snapshot:read', 'block_storage_snapshot:read'],
    run: (call) => ({ status: 200, body: { snapshot: presentSnapshot(snapshotOf(call)) } }),
  },
  {
    method: 'DELETE',
    path: '/v2/snapshots/{snapshot_id}',
    operation: 'snapshots_delete',
    scopes: ['image:delete', 'snapshot:delete'],
    run(call) {
      call.world.images.delete(snapshotOf(call).id)
      return { status: 204 }
    },
  },
]
