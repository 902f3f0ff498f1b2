import { notFound, route, type Call, type Route } from './route.ts'
import { isListed } from './world.ts'
import { page } from './page.ts'
import { presentImage, presentSnapshot } from './present.ts'
import type { ImageRecord } from './records.ts'
import { hasTag } from './tags.ts'

function snapshotOf(call: Call): ImageRecord {
  const image = call.world.images.get(Number(call.params['snapshot_id']))
  if (!image || image.type !== 'snapshot') throw notFound()
  return image
}

function images(call: Call): ImageRecord[] {
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

function snapshots(call: Call): ImageRecord[] {
  if (call.query.get('resource_type') === 'volume') return []
  return [...call.world.images.values()].filter(({ id, type }) => type === 'snapshot' && isListed(call.world, id))
}

/** Images, and the snapshots among them. */
export const imageRoutes: readonly Route[] = [
  route('GET /v2/images', 'images_list', ['image:read'], (call) => page(call, 'images', images(call), presentImage)),
  route('GET /v2/snapshots', 'snapshots_list', ['snapshot:read'], (call) =>
    page(call, 'snapshots', snapshots(call), presentSnapshot),
  ),
  route(
    'GET /v2/snapshots/{snapshot_id}',
    'snapshots_get',
    ['snapshot:read', 'block_storage_snapshot:read'],
    (call) => ({ status: 200, body: { snapshot: presentSnapshot(snapshotOf(call)) } }),
  ),
  route('DELETE /v2/snapshots/{snapshot_id}', 'snapshots_delete', ['image:delete', 'snapshot:delete'], (call) => {
    call.world.images.delete(snapshotOf(call).id)
    return { status: 204 }
  }),
]
