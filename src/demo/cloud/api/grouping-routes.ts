import { z } from 'zod'
import { ApiError, bodyOf, needScope, notFound, route, unprocessable, type Call, type Route } from './route.ts'
import { page } from './page.ts'
import { instant } from './present.ts'
import type { FirewallRecord, ProjectRecord, TagRecord } from './records.ts'
import { addTag, ensureTag, findTag, hasTag, isTagName, tagged } from './tags.ts'

const firewallDroplets = z.object({ droplet_ids: z.array(z.number().int()) })
const firewallTags = z.object({ tags: z.array(z.string()).nullable() })
const newTag = z.object({ name: z.string() })
const tagging = z.object({
  resources: z.array(z.object({ resource_id: z.union([z.string(), z.number()]), resource_type: z.string() })),
})
const assignment = z.object({ resources: z.array(z.string()) })

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
function resourcesOf(call: Call): readonly { readonly resource: { tags: string[] }; readonly uri: string }[] {
  return bodyOf(call, tagging).resources.map(({ resource_id: id, resource_type: type }) => {
    if (type !== 'droplet' && type !== 'image') throw unprocessable(`${type} is not a taggable resource here`)
    needScope(call, `${type}:update`)
    const { droplets, images } = call.world
    const resource = type === 'droplet' ? droplets.get(Number(id)) : images.get(Number(id))
    if (!resource) throw notFound()
    return { resource, uri: `${call.origin}/v2/${type}s/${id}` }
  })
}

function presentFirewall(firewall: FirewallRecord): unknown {
  return {
    id: firewall.id,
    name: firewall.name,
    status: 'succeeded',
    inbound_rules: firewall.inboundRules,
    outbound_rules: firewall.outboundRules,
    created_at: instant(firewall.createdAt),
    droplet_ids: firewall.dropletIds,
    tags: firewall.tags,
    pending_changes: [],
  }
}

function firewallOf(call: Call): FirewallRecord {
  const firewall = call.world.firewalls.get(call.params['firewall_id'] ?? '')
  if (!firewall) throw notFound()
  return firewall
}

function presentProject(call: Call, project: ProjectRecord): unknown {
  return {
    id: project.id,
    owner_uuid: call.world.account.uuid,
    owner_id: 258_992,
    name: project.name,
    description: project.description,
    purpose: project.purpose,
    environment: project.environment,
    is_default: project.isDefault,
    created_at: instant(project.createdAt),
    updated_at: instant(project.updatedAt),
  }
}

function projectOf(call: Call): ProjectRecord {
  const project = call.world.projects.get(call.params['project_id'] ?? '')
  if (!project) throw notFound()
  return project
}

const folders: Readonly<Record<string, string>> = { droplet: 'droplets', loadbalancer: 'load_balancers' }

function exists(call: Call, urn: string): boolean {
  const [, type, id = ''] = urn.split(':')
  if (type === 'droplet') return call.world.droplets.has(Number(id))
  return type === 'loadbalancer' && call.world.balancers.has(id)
}

function presentResource(call: Call, urn: string, at: number, status: string): unknown {
  const [, type = '', id = ''] = urn.split(':')
  const self = `${call.origin}/v2/${folders[type] ?? type}/${id}`
  return { urn, assigned_at: instant(at), links: { self }, status }
}

/** What droplets are grouped by: tags, firewalls and projects. */
export const groupingRoutes: readonly Route[] = [
  route('GET /v2/tags', 'tags_list', ['tag:read'], (call) =>
    page(call, 'tags', [...call.world.tags.values()], (tag) => presentTag(call, tag)),
  ),
  route('POST /v2/tags', 'tags_create', ['tag:create'], (call) => {
    const { name } = bodyOf(call, newTag)
    if (!isTagName(name)) {
      throw new ApiError(400, `Error validating resource tag: "tag-name \\"${name}\\" contains invalid characters"`)
    }
    return { status: 201, body: { tag: presentTag(call, ensureTag(call.world, name)) } }
  }),
  route('POST /v2/tags/{tag_id}/resources', 'tags_assign_resources', ['tag:create'], (call) => {
    const tag = findTag(call.world, call.params['tag_id'] ?? '')
    if (!tag) throw notFound()
    for (const { resource, uri } of resourcesOf(call)) addTag(call.world, resource, tag.name, uri)
    return { status: 204 }
  }),
  route('GET /v2/firewalls', 'firewalls_list', ['firewall:read'], (call) =>
    page(call, 'firewalls', [...call.world.firewalls.values()], presentFirewall),
  ),
  route('POST /v2/firewalls/{firewall_id}/droplets', 'firewalls_assign_droplets', ['firewall:update'], (call) => {
    const firewall = firewallOf(call)
    const { droplet_ids: added } = bodyOf(call, firewallDroplets)
    const missing = added.filter((id) => !call.world.droplets.has(id))
    if (missing.length > 0) throw unprocessable(`could not find droplets: ${missing.join(', ')}`)
    firewall.dropletIds = [...new Set([...firewall.dropletIds, ...added])]
    return { status: 204 }
  }),
  route('POST /v2/firewalls/{firewall_id}/tags', 'firewalls_add_tags', ['firewall:update'], (call) => {
    const firewall = firewallOf(call)
    const added = (bodyOf(call, firewallTags).tags ?? []).map((tag) => ensureTag(call.world, tag).name)
    firewall.tags = [...new Set([...firewall.tags, ...added])]
    return { status: 204 }
  }),
  route('GET /v2/projects', 'projects_list', ['project:read'], (call) =>
    page(call, 'projects', [...call.world.projects.values()], (one) => presentProject(call, one)),
  ),
  route('GET /v2/projects/{project_id}/resources', 'projects_list_resources', ['project:read'], (call) =>
    page(call, 'resources', [...projectOf(call).resources], ([urn, at]) => presentResource(call, urn, at, 'ok')),
  ),
  route(
    'POST /v2/projects/{project_id}/resources',
    'projects_assign_resources',
    ['project:assign_resource'],
    (call) => {
      const project = projectOf(call)
      const at = call.world.now()
      const resources = bodyOf(call, assignment).resources.map((urn) => {
        if (!exists(call, urn)) return presentResource(call, urn, at, 'not_found')
        if (project.resources.has(urn)) return presentResource(call, urn, at, 'already_assigned')
        for (const other of call.world.projects.values()) other.resources.delete(urn)
        project.resources.set(urn, at)
        return presentResource(call, urn, at, 'assigned')
      })
      return { status: 200, body: { resources } }
    },
  ),
]
