import { readFile, writeFile } from 'node:fs/promises'

const MIGRATE = '/proc/sys/net/ipv4/tcp_migrate_req'

/**
 * Caddy opens its port again at each change; what Linux had already accepted for the old one is reset, unless it is told
 * to hand it on (docs/balancers.md says so to users). Set for the run, and set back.
 */
export async function migrateRequests(): Promise<() => Promise<void>> {
  try {
    const before = await readFile(MIGRATE, 'utf8')
    await writeFile(MIGRATE, '1')
    console.log(`caddy: net.ipv4.tcp_migrate_req=1 (was ${before.trim()}) for this run, see docs/balancers.md`)
    return () => writeFile(MIGRATE, before)
  } catch {
    console.log(
      'caddy: net.ipv4.tcp_migrate_req cannot be set here; new connections may be reset, see docs/balancers.md',
    )
    return () => Promise.resolve()
  }
}
