import { randomUUID } from 'node:crypto'
import type { Client } from './client.ts'

/** A call that shows whether a token has a scope, and changes nothing. */
export interface Probe {
  readonly scopes: readonly string[]
  /** It needs this one as well, which has been asked for before. */
  readonly behind?: string
  /** An answer about what the call names comes before the check of this scope, so passing shows nothing. */
  readonly unproven?: true
  send(client: Client): Promise<{ readonly data: unknown }>
}

/** Reads, tried as they are. */
export function reads(): readonly Probe[] {
  const page = { page: 1, per_page: 1 }
  return [
    { scopes: ['actions:read'], send: (client) => client.action.listActions(page) },
    { scopes: ['regions:read'], send: (client) => client.region.listRegions(page) },
    { scopes: ['sizes:read'], behind: 'regions:read', send: (client) => client.size.listSizes(page) },
    { scopes: ['droplet:read'], send: (client) => client.droplet.listDroplets(page) },
    { scopes: ['image:read'], send: (client) => client.image.listImages(page) },
    { scopes: ['snapshot:read'], send: (client) => client.snapshot.listSnapshots(page) },
    { scopes: ['tag:read'], send: (client) => client.tag.listTags(page) },
    { scopes: ['ssh_key:read'], send: (client) => client.sshKey.listSshKeys(page) },
    { scopes: ['vpc:read'], send: (client) => client.vpc.listVpcs(page) },
    { scopes: ['firewall:read'], send: (client) => client.firewall.listFirewalls(page) },
    { scopes: ['load_balancer:read'], send: (client) => client.loadBalancer.listLoadBalancers(page) },
    { scopes: ['project:read'], send: (client) => client.project.listProjects(page) },
  ]
}

/** DigitalOcean's first droplet was deleted long before there was an API; nobody has this id. */
const NO_DROPLET = 1

/** Requests that would change something if what they name existed: random tags and ids, an impossible size. */
export function writes(): readonly Probe[] {
  const nobody = randomUUID()
  const noTag = `spinup-probe-${nobody}`
  return [
    {
      scopes: ['droplet:create'],
      send: (client) =>
        client.droplet.createDroplet({ name: noTag, region: 'nyc3', size: noTag, image: noTag, tags: [] }),
    },
    { scopes: ['droplet:update'], send: (client) => client.droplet.powerOnDroplet({ droplet_id: NO_DROPLET }) },
    {
      scopes: ['droplet:delete'],
      behind: 'tag:read',
      send: (client) => client.droplet.deleteDropletsByTag({ tag_name: noTag }),
    },
    {
      scopes: ['tag:create'],
      send: (client) =>
        client.tag.tagResources({
          tag_name: noTag,
          resources: [{ resource_id: String(NO_DROPLET), resource_type: 'droplet' }],
        }),
    },
    {
      scopes: ['firewall:update'],
      send: (client) => client.firewall.addDropletsToFirewall({ firewall_id: nobody, droplet_ids: [NO_DROPLET] }),
    },
    {
      scopes: ['load_balancer:update'],
      send: (client) =>
        client.loadBalancer.addDropletsToLoadBalancer({ load_balancer_id: nobody, droplet_ids: [NO_DROPLET] }),
    },
    {
      scopes: ['project:assign_resource'],
      send: (client) =>
        client.project.assignResourcesToProject({ project_id: nobody, resources: [`do:droplet:${NO_DROPLET}`] }),
    },
    {
      scopes: ['image:create'],
      behind: 'droplet:update',
      unproven: true,
      send: (client) => client.droplet.snapshotDroplet({ droplet_id: NO_DROPLET, name: noTag }),
    },
    {
      scopes: ['image:delete', 'snapshot:delete'],
      send: (client) => client.snapshot.deleteSnapshot({ snapshot_id: nobody }),
    },
  ]
}
