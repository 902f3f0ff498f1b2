import { createHash } from 'node:crypto'
import { z } from 'zod'
import { notFound, unprocessable } from './api-error.ts'
import { page } from './page.ts'
import { presentKey, presentRegion, presentSize } from './present.ts'
import type { SshKeyRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'
import type { World } from './world.ts'

const keyBody = z.object({ name: z.string().min(1), public_key: z.string().min(1) })
const keyName = z.object({ name: z.string().min(1).optional() })

/** The md5 of the key's bytes, in pairs, as OpenSSH once wrote it. */
function fingerprintOf(publicKey: string): string {
  const bytes = Buffer.from(publicKey.split(' ')[1] ?? publicKey, 'base64')
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':')
}

export function addKey(world: World, name: string, publicKey: string): SshKeyRecord {
  const fingerprint = fingerprintOf(publicKey)
  if ([...world.keys.values()].some((key) => key.fingerprint === fingerprint)) {
    throw unprocessable('SSH Key is already in use on your account')
  }
  const key: SshKeyRecord = { id: world.nextId(), name, publicKey, fingerprint }
  world.keys.set(key.id, key)
  return key
}

function keyOf(call: Call): SshKeyRecord {
  const wanted = call.params['ssh_key_identifier'] ?? ''
  const key = [...call.world.keys.values()].find((one) => String(one.id) === wanted || one.fingerprint === wanted)
  if (!key) throw notFound()
  return key
}

/** The account, its SSH keys, and the lists of regions and sizes. */
export const accountRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/account',
    operation: 'account_get',
    scopes: ['account:read'],
    run({ world }) {
      const { uuid, email, dropletLimit } = world.account
      const account = {
        droplet_limit: dropletLimit,
        floating_ip_limit: 3,
        name: 'Ops',
        email,
        uuid,
        email_verified: true,
        status: 'active',
        status_message: '',
        team: { name: 'My Team', uuid },
      }
      return { status: 200, body: { account } }
    },
  },
  {
    method: 'GET',
    path: '/v2/regions',
    operation: 'regions_list',
    scopes: ['regions:read'],
    run: (call) => page(call, 'regions', [...call.world.regions.values()], (one) => presentRegion(call.world, one)),
  },
  {
    method: 'GET',
    path: '/v2/sizes',
    operation: 'sizes_list',
    scopes: ['sizes:read', 'regions:read'],
    run: (call) => page(call, 'sizes', [...call.world.sizes.values()], (size) => presentSize(call.world, size)),
  },
  {
    method: 'GET',
    path: '/v2/account/keys',
    operation: 'sshKeys_list',
    scopes: ['ssh_key:read'],
    run: (call) => page(call, 'ssh_keys', [...call.world.keys.values()], presentKey),
  },
  {
    method: 'POST',
    path: '/v2/account/keys',
    operation: 'sshKeys_create',
    scopes: ['ssh_key:create'],
    run(call) {
      const wanted = bodyOf(call, keyBody)
      return { status: 201, body: { ssh_key: presentKey(addKey(call.world, wanted.name, wanted.public_key)) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/account/keys/{ssh_key_identifier}',
    operation: 'sshKeys_get',
    scopes: ['ssh_key:read'],
    run: (call) => ({ status: 200, body: { ssh_key: presentKey(keyOf(call)) } }),
  },
  {
    method: 'PUT',
    path: '/v2/account/keys/{ssh_key_identifier}',
    operation: 'sshKeys_update',
    scopes: ['ssh_key:update'],
    run(call) {
      const key = keyOf(call)
      key.name = bodyOf(call, keyName).name ?? key.name
      return { status: 200, body: { ssh_key: presentKey(key) } }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/account/keys/{ssh_key_identifier}',
    operation: 'sshKeys_delete',
    scopes: ['ssh_key:delete'],
    run(call) {
      call.world.keys.delete(keyOf(call).id)
      return { status: 204 }
    },
  },
]
