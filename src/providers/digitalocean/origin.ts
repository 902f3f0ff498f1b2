import { z } from 'zod'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import { firewallSchema, projectSchema, nothingSchema, type FirewallAnswer } from './answers.ts'
import { addressOf, getDroplet } from './droplets.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'
import { carries } from './tags.ts'

/** What a clone takes over from the droplet it is made of. */
export interface OriginTraits {
  readonly region: string
  readonly size: string
  readonly vpcId: string | null
  /** It has no public address, so its clones shall have none either. */
  readonly inside: boolean
  readonly monitoring: boolean
  readonly ipv6: boolean
  readonly dropletAgent: boolean
  readonly firewalls: readonly FirewallAnswer[]
  /** null: the account's default project, where new droplets go by themselves. */
  readonly projectId: string | null
}

/** Reads them from the account; null: the origin is gone. */
export async function readOrigin(edge: Edge, log: Logger, originId: string): Promise<OriginTraits | null> {
  const droplet = await getDroplet(edge, originId)
  if (droplet === null) return null
  // A clone without its origin's firewall would stand open, so not knowing of it is a failure.
  const firewalls = (await listFirewalls(edge)).filter(
    (firewall) => firewall.droplet_ids.includes(originId) || firewall.tags.some((tag) => carries(droplet.tags, tag)),
  )
  return {
    region: droplet.region.slug,
    size: droplet.size_slug,
    vpcId: droplet.vpc_uuid,
    inside: addressOf(droplet, 'private') !== null && addressOf(droplet, 'public') === null,
    monitoring: droplet.features.includes('monitoring'),
    ipv6: droplet.features.includes('ipv6'),
    dropletAgent: droplet.features.includes('droplet_agent'),
    firewalls,
    projectId: await projectOf(edge, log, originId),
  }
}

async function listFirewalls(edge: Edge): Promise<readonly FirewallAnswer[]> {
  const listed = await everyPage(edge, {
    what: 'list the firewalls',
    scope: 'firewall:read',
    field: 'firewalls',
    item: firewallSchema,
    whole: true,
    idOf: (firewall) => firewall.id,
    send: (client, page) => client.firewall.listFirewalls(page),
  })
  return listed ?? []
}

/** Only tidiness hangs on it, so a token that may not see projects still makes clones. */
async function projectOf(edge: Edge, log: Logger, dropletId: string): Promise<string | null> {
  try {
    const projects = await everyPage(edge, {
      what: 'list the projects',
      scope: 'project:read',
      field: 'projects',
      item: projectSchema,
      idOf: (project) => project.id,
      send: (client, page) => client.project.listProjects(page),
    })
    for (const project of projects ?? []) {
      if (project.is_default) continue
      const resources = await everyPage(edge, {
        what: `list what is in the project ${project.name}`,
        scope: 'project:read',
        field: 'resources',
        item: z.object({ urn: z.string() }),
        idOf: (resource) => resource.urn,
        send: (client, page) => client.project.listProjectResources({ ...page, project_id: project.id }),
      })
      if (resources?.some((resource) => resource.urn === urnOf(dropletId))) return project.id
    }
  } catch (error) {
    if (!(error instanceof SpinupError)) throw error
    log.warn({ droplet: dropletId, reason: error.message }, 'the origin’s project is unknown')
  }
  return null
}

/** Puts a droplet into a project; a failure is in the log only. */
export async function assignProject(edge: Edge, log: Logger, projectId: string, dropletId: string): Promise<void> {
  const outcome = await edge.attempt({
    what: `put droplet ${dropletId} into its project`,
    scope: 'project:assign_resource',
    repeatable: true,
    answer: nothingSchema,
    send: (client) => client.project.assignResourcesToProject({ project_id: projectId, resources: [urnOf(dropletId)] }),
  })
  if (!outcome.ok) log.warn({ droplet: dropletId, reason: outcome.error.message }, 'project not set')
}

/**
 * Makes the firewalls hold for `tag`, before a droplet carries it: so a clone is never without them, and firewalls take
 * only ten droplets by id.
 */
export async function guardTag(edge: Edge, firewalls: readonly FirewallAnswer[], tag: string): Promise<void> {
  const open = firewalls.filter((firewall) => !carries(firewall.tags, tag))
  if (open.length === 0) return
  const made = await edge.attempt({
    what: `make the tag ${tag}`,
    scope: 'tag:create',
    repeatable: true,
    answer: nothingSchema,
    send: (client) => client.tag.createTag({ name: tag }),
  })
  // Refused as invalid: there is one of that name already.
  if (!made.ok && made.refusal.kind !== 'invalid') throw made.error
  for (const firewall of open) {
    await edge.ask({
      what: `put the tag ${tag} under the firewall ${firewall.name}`,
      scope: 'firewall:update',
      repeatable: true,
      answer: nothingSchema,
      send: (client) => client.firewall.addTagsToFirewall({ firewall_id: firewall.id, tags: [tag] }),
    })
  }
}

function urnOf(dropletId: string): string {
  return `do:droplet:${dropletId}`
}
