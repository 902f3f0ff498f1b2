import { pino } from 'pino'
import { serveOrders } from '../../orders.ts'
import type { BackedDroplet } from '../api/options.ts'
import { createMachines, type MachinesOptions } from './machines.ts'
import type { MachinesOrder } from './start.ts'

// Machines as a process of their own: they are held to their share of a CPU by looking at them every few milliseconds,
// which a busy process would do too late. They end with the one that started them.
const options = JSON.parse(process.argv[2] ?? '{}') as Omit<MachinesOptions, 'log'>
const machines = await createMachines({ ...options, log: pino() })

await serveOrders<MachinesOrder>({
  ready: machines.first,
  stop: machines.stop,
  async perform(order) {
    // Of nothing but its id is anything needed here.
    const at = (id: number) => ({ id }) as BackedDroplet
    switch (order.kind) {
      case 'seed':
        return machines.seed(order.droplet, order.from)
      case 'installAgent':
        return machines.installAgent(order.id, order.config)
      case 'boot':
        return machines.boot(order.droplet)
      case 'power':
        return machines.power(at(order.id), order.to)
      case 'snapshot':
        return machines.snapshot(at(order.id), order.snapshotId)
      case 'destroy':
        return machines.destroy(at(order.id))
    }
  },
})
