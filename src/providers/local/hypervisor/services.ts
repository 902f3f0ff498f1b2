import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Settings } from '../protocol.ts'
import { dropletFileSchema } from '../protocol.ts'
import type { DropletPlaces } from './places.ts'
import type { DropletRecord } from './records.ts'

/** A program that runs on a droplet, with its whole environment. */
export interface Service {
  readonly name: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export const AGENT = 'agent'
/** Every process on a droplet carries it, so that none is ever lost sight of. */
export const MARK = 'SPINUP_HYPERVISOR_DIR'

/** The search path of a fresh machine; the bot's own environment holds secrets and never reaches a droplet. */
export function freshPath(): string {
  const folders = [dirname(process.execPath), '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin', '/usr/sbin']
  return folders.join(delimiter)
}

/** What `droplet.json` on its disk says runs there, and the agent once it is configured. Throws when it is malformed. */
export function servicesOf(
  record: DropletRecord,
  places: DropletPlaces,
  hypervisorDir: string,
  settings: Settings,
): readonly Service[] {
  const file = dropletFileSchema.parse(JSON.parse(readFileSync(join(places.disk, 'droplet.json'), 'utf8')))
  const base = {
    PATH: freshPath(),
    HOME: places.disk,
    HOSTNAME: record.name,
    LANG: 'C.UTF-8',
    [MARK]: hypervisorDir,
  }
  const services: Service[] = file.services.map((service) => ({
    name: service.name,
    command: service.command,
    env: {
      ...base,
      HOST: record.host,
      PORT: String(record.port),
      SPINUP_AGENT_URL: `http://127.0.0.1:${record.agentPort}`,
      ...service.env,
    },
  }))
  if (settings.agentCommand.length > 0 && existsSync(places.agentConfig)) {
    services.push({
      name: AGENT,
      command: [
        ...settings.agentCommand,
        '--config',
        places.agentConfig,
        '--listen',
        `127.0.0.1:${record.agentPort}`,
        '--statsd',
        `127.0.0.1:${record.statsdPort}`,
      ],
      env: {
        ...base,
        SPINUP_AGENT_PROC: places.proc,
        ...(record.metadataUrl === null ? {} : { SPINUP_AGENT_METADATA: record.metadataUrl }),
      },
    })
  }
  return services
}
