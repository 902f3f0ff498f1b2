import { z } from 'zod'
import { bodyOf, needScope, unprocessable, type Call, type Reply } from './route.ts'
import { boot } from './droplet-life.ts'
import { defaultProject, defaultVpc, listLate, type World } from './world.ts'
import { isSoldIn, presentDroplet } from './present.ts'
import type { DropletRecord, ImageRecord } from './records.ts'
import { addTag } from './tags.ts'

const LONGEST_USER_DATA = 64 * 1024
const hostname = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/

const schema = z.object({
  name: z.string().max(255),
  region: z.string().optional(),
  size: z.string(),
  image: z.union([z.string(), z.number().int()]),
  ssh_keys: z.array(z.union([z.string(), z.number().int()])).optional(),
  backups: z.boolean().optional(),
  ipv6: z.boolean().optional(),
  monitoring: z.boolean().optional(),
  tags: z.array(z.string()).nullish(),
  user_data: z.string().nullish(),
  vpc_uuid: z.string().optional(),
  public_networking: z.boolean().optional(),
})
type Wanted = z.infer<typeof schema>

/** `POST /v2/droplets`, of one. */
export function createDroplet(call: Call): Reply {
  const wanted = bodyOf(call, schema)
  if (!hostname.test(wanted.name)) {
    throw unprocessable('Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)')
  }
  if ((wanted.tags ?? []).length > 0) needScope(call, 'tag:create')
  const { world } = call
  const plan = planOf(world, wanted)
  if (world.droplets.size >= world.account.dropletLimit) {
    throw unprocessable('creating this/these droplet(s) will exceed your droplet limit')
  }
  const droplet = make(call, wanted, plan)
  const action = boot(world, droplet, call.actionFaults)
  const href = `${call.origin}/v2/actions/${action.id}`
  const links = { actions: [{ id: action.id, rel: 'create', href }] }
  return { status: 202, body: { droplet: presentDroplet(world, droplet), links } }
}

interface Plan {
  readonly image: ImageRecord
  readonly regionSlug: string
  readonly vpcId: string
  readonly disk: number
  readonly keyIds: readonly number[]
}

/** Checks it all before anything is made. */
function planOf(world: World, wanted: Wanted): Plan {
  const image = imageOf(world, wanted.image)
  if (!image) throw unprocessable('You specified an invalid image for Droplet creation.')
  const regionSlug = wanted.region ?? (image.public ? 'nyc3' : (image.regions[0] ?? 'nyc3'))
  const region = world.regions.get(regionSlug)
  if (!region) throw unprocessable('You specified an invalid region for Droplet creation.')
  if (!region.available) throw unprocessable('Region is not available')
  if (!image.regions.includes(regionSlug)) {
    throw unprocessable('The image you specified is not available in the selected region.')
  }
  const size = world.sizes.get(wanted.size)
  if (!size) throw unprocessable('You specified an invalid size for Droplet creation.')
  if (!isSoldIn(size, region)) throw unprocessable('Size is not available in this region.')
  if (size.disk < image.minDisk) {
    throw unprocessable(`The image requires a disk of ${image.minDisk} GB and the size has ${size.disk} GB.`)
  }
  const vpc = wanted.vpc_uuid === undefined ? defaultVpc(world, regionSlug) : world.vpcs.get(wanted.vpc_uuid)
  if (!vpc) throw unprocessable('The VPC you specified does not exist.')
  if (vpc.regionSlug !== regionSlug) throw unprocessable('The VPC is not in the same region as the Droplet.')
  if ((wanted.user_data ?? '').length > LONGEST_USER_DATA) throw unprocessable('User data cannot exceed 64KB.')
  return { image, regionSlug, vpcId: vpc.id, disk: size.disk, keyIds: keysOf(world, wanted.ssh_keys ?? []) }
}

function imageOf(world: World, wanted: string | number): ImageRecord | undefined {
  const byId = world.images.get(Number(wanted))
  if (byId) return byId
  return [...world.images.values()].find((image) => image.slug !== null && image.slug === wanted)
}

function keysOf(world: World, wanted: readonly (string | number)[]): number[] {
  return wanted.map((one) => {
    const key = [...world.keys.values()].find((key) => key.id === Number(one) || key.fingerprint === one)
    if (!key) throw unprocessable(`${one} are invalid key identifiers for Droplet creation.`)
    return key.id
  })
}

function make(call: Call, wanted: Wanted, plan: Plan): DropletRecord {
  const { world } = call
  const features = ['droplet_agent', 'private_networking']
  if (wanted.backups) features.push('backups')
  if (wanted.ipv6) features.push('ipv6')
  if (wanted.monitoring) features.push('monitoring')
  const droplet: DropletRecord = {
    id: world.nextId(),
    name: wanted.name,
    status: 'new',
    lockedBy: null,
    sizeSlug: wanted.size,
    disk: plan.disk,
    regionSlug: plan.regionSlug,
    imageId: plan.image.id,
    createdAt: world.now(),
    userData: wanted.user_data ?? '',
    sshKeyIds: plan.keyIds,
    features: new Set(features),
    vpcId: plan.vpcId,
    tags: [],
    publicIp: null,
    publicIp6: null,
    privateIp: null,
    inside: wanted.public_networking === false,
    volumeIds: [],
    port: null,
  }
  for (const tag of wanted.tags ?? []) addTag(world, droplet, tag, `${call.origin}/v2/droplets/${droplet.id}`)
  listLate(world, droplet.id, call.actionFaults)
  world.droplets.set(droplet.id, droplet)
  defaultProject(world).resources.set(`do:droplet:${droplet.id}`, world.now())
  return droplet
}
