import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../../../core/model/error.ts'
import type { DropletPlaces } from './places.ts'

/** `droplet.json` at the top of a droplet's disk: what runs on it. */
const dropletFileSchema = z.object({
  services: z.array(
    z.object({
      name: z.string().regex(/^[a-z0-9-]+$/),
      command: z.array(z.string()).min(1),
      env: z.record(z.string(), z.string()).optional(),
    }),
  ),
})

/** What a droplet is, as long as it lives. */
export interface Spec {
  readonly id: string
  readonly name: string
  readonly vcpus: number
  readonly memoryBytes: number
  /** Where its services listen. */
  readonly host: string
  readonly port: number
  readonly agentPort: number
  readonly statsdPort: number
  /** Base of its metadata service. */
  readonly metadataUrl: string
}

/** How the agent is started. */
export interface Agent {
  /** Program and first arguments. */
  readonly command: readonly string[]
}

/** A program that runs on a droplet, with its whole environment. */
export interface Service {
  readonly name: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export const AGENT = 'agent'
/** Every process on a droplet carries it, so that none is ever lost track of. */
export const MARK = 'SPINUP_MACHINES_DIR'

/** The search path of a fresh machine: the one who starts it may have secrets in the environment, which never reach a droplet. */
function freshPath(): string {
  const folders = [dirname(process.execPath), '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin', '/usr/sbin']
  return folders.join(delimiter)
}

/** What `droplet.json` on its disk says runs there, and the agent once it is configured. Throws when it is malformed. */
export function servicesOf(
  spec: Spec,
  places: DropletPlaces,
  machinesDir: string,
  agent: Agent | null,
): readonly Service[] {
  const file = checkDisk(places.disk)
  const base = {
    PATH: freshPath(),
    HOME: places.disk,
    HOSTNAME: spec.name,
    LANG: 'C.UTF-8',
    [MARK]: machinesDir,
  }
  const services: Service[] = file.services.map((service) => ({
    name: service.name,
    command: service.command,
    env: {
      ...base,
      HOST: spec.host,
      PORT: String(spec.port),
      SPINUP_AGENT_URL: `http://127.0.0.1:${spec.agentPort}`,
      ...service.env,
    },
  }))
  if (agent !== null && existsSync(places.agentConfig)) {
    services.push({
      name: AGENT,
      command: [
        ...agent.command,
        '--config',
        places.agentConfig,
        '--listen',
        `127.0.0.1:${spec.agentPort}`,
        '--statsd',
        `127.0.0.1:${spec.statsdPort}`,
      ],
      env: {
        ...base,
        SPINUP_AGENT_PROC: places.proc,
        SPINUP_AGENT_METADATA: spec.metadataUrl,
      },
    })
  }
  return services
}

/** What the `droplet.json` of a folder says. Throws `badInput` where it is no droplet's disk. */
export function checkDisk(folder: string): z.infer<typeof dropletFileSchema> {
  const path = join(folder, 'droplet.json')
  try {
    return dropletFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new SpinupError('badInput', `${path} must hold {"services": [{"name", "command": […]}]}.`, { cause })
  }
}
