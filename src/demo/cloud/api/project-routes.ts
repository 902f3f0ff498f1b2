import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { notFound } from './api-error.ts'
import { page } from './page.ts'
import { instant } from './present.ts'
import type { ProjectRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'
import { defaultProject } from './world.ts'

const creation = z.object({
  name: z.string().min(1).max(175),
  purpose: z.string().min(1).max(255),
  description: z.string().max(255).optional(),
  environment: z.string().optional(),
})
const assignment = z.object({ resources: z.array(z.string()) })

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
  const id = call.params['project_id']
  const project = id === undefined ? defaultProject(call.world) : call.world.projects.get(id)
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

function assign(call: Call): { status: number; body: unknown } {
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
}

function list(call: Call): { status: number; body?: unknown } {
  const resources = [...projectOf(call).resources]
  return page(call, 'resources', resources, ([urn, at]) => presentResource(call, urn, at, 'ok'))
}

/** Projects and what is assigned to them. */
export const projectRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/projects',
    operation: 'projects_list',
    scopes: ['project:read'],
    run: (call) => page(call, 'projects', [...call.world.projects.values()], (one) => presentProject(call, one)),
  },
  {
    method: 'POST',
    path: '/v2/projects',
    operation: 'projects_create',
    scopes: ['project:create'],
    run(call) {
      const wanted = bodyOf(call, creation)
      const at = call.world.now()
      const project: ProjectRecord = {
        id: randomUUID(),
        name: wanted.name,
        purpose: wanted.purpose,
        description: wanted.description ?? '',
        environment: wanted.environment ?? 'Development',
        isDefault: false,
        createdAt: at,
        updatedAt: at,
        resources: new Map(),
      }
      call.world.projects.set(project.id, project)
      return { status: 201, body: { project: presentProject(call, project) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/projects/default',
    operation: 'projects_get_default',
    scopes: ['project:read'],
    run: (call) => ({ status: 200, body: { project: presentProject(call, projectOf(call)) } }),
  },
  {
    method: 'GET',
    path: '/v2/projects/{project_id}',
    operation: 'projects_get',
    scopes: ['project:read'],
    run: (call) => ({ status: 200, body: { project: presentProject(call, projectOf(call)) } }),
  },
  {
    method: 'GET',
    path: '/v2/projects/default/resources',
    operation: 'projects_list_resources_default',
    scopes: ['project:read'],
    run: list,
  },
  {
    method: 'POST',
    path: '/v2/projects/default/resources',
    operation: 'projects_assign_resources_default',
    scopes: ['project:assign_resource'],
    run: assign,
  },
  {
    method: 'GET',
    path: '/v2/projects/{project_id}/resources',
    operation: 'projects_list_resources',
    scopes: ['project:read'],
    run: list,
  },
  {
    method: 'POST',
    path: '/v2/projects/{project_id}/resources',
    operation: 'projects_assign_resources',
    scopes: ['project:assign_resource'],
    run: assign,
  },
]
