import { join } from 'node:path'

/** Where things lie in the machines' folder. */
export interface Places {
  readonly dir: string
  readonly snapshots: string
  droplet(id: string): DropletPlaces
}

export interface DropletPlaces {
  readonly dir: string
  readonly disk: string
  readonly proc: string
  readonly log: string
  readonly agentConfig: string
}

const AGENT_CONFIG = 'agent.json'

export function placesIn(dir: string): Places {
  const droplets = join(dir, 'droplets')
  return {
    dir,
    snapshots: join(dir, 'snapshots'),
    droplet(id) {
      const own = join(droplets, id)
      const disk = join(own, 'disk')
      return { dir: own, disk, proc: join(own, 'proc'), log: join(own, 'log'), agentConfig: join(disk, AGENT_CONFIG) }
    },
  }
}
