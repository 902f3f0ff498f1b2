import type { Droplet } from '../../provider.ts'
import { statusOf } from './power.ts'
import type { DropletRecord } from './records.ts'

/** A droplet as the provider contract knows it. It keeps its address while it is off. */
export function present(record: DropletRecord): Droplet {
  const status = statusOf(record)
  return {
    id: record.id,
    name: record.name,
    status,
    url: record.born ? `http://${record.host}:${record.port}` : null,
    tags: record.operationTag === null ? record.tags : [record.operationTag, ...record.tags],
    createdAt: record.createdAt,
    dollarsPerHour: record.dollarsPerHour,
    size: `${record.vcpus} vCPU, ${Math.round(record.memoryBytes / 2 ** 20)} MB`,
    region: 'local',
  }
}
