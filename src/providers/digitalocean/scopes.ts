import type { ScopeNeed } from '../../core/model/droplet.ts'

/** The least that does the job; each stands in DigitalOcean's API document at a call Spinup makes. */
export const NEEDED_SCOPES: readonly ScopeNeed[] = [
  { scope: 'account:read', why: 'show whose account it is' },
  { scope: 'actions:read', why: 'see how an action goes' },
  { scope: 'regions:read', why: 'list regions' },
  { scope: 'sizes:read', why: 'show prices' },
  { scope: 'droplet:read', why: 'list droplets' },
  { scope: 'droplet:create', why: 'create clones' },
  { scope: 'droplet:update', why: 'switch the origin off and on for a snapshot' },
  { scope: 'droplet:delete', why: 'delete clones' },
  { scope: 'image:read', why: 'clone from a snapshot' },
  { scope: 'image:create', why: 'take a snapshot' },
  { scope: 'image:delete', why: 'delete old snapshots' },
  { scope: 'snapshot:read', why: 'list snapshots' },
  { scope: 'snapshot:delete', why: 'delete old snapshots' },
  { scope: 'tag:read', why: 'find its droplets again' },
  { scope: 'tag:create', why: 'tag its droplets' },
  { scope: 'ssh_key:read', why: 'offer SSH keys for clones' },
  { scope: 'vpc:read', why: 'put clones into the origin’s network' },
  { scope: 'firewall:read', why: 'find the origin’s firewall' },
  { scope: 'firewall:update', why: 'put clones behind the origin’s firewall' },
  { scope: 'load_balancer:read', why: 'list load balancers' },
  { scope: 'load_balancer:update', why: 'hook clones onto the load balancer' },
  { scope: 'project:read', why: 'find the origin’s project' },
  { scope: 'project:assign_resource', why: 'put clones into the origin’s project' },
]

/**
 * Done without where a token lacks them: then warnings are missing, and a load balancer's members count as healthy by the
 * bot's own checks.
 */
export const WELCOME_SCOPES: readonly ScopeNeed[] = [
  { scope: 'block_storage:read', why: 'warn when the origin has volumes, which clones lack' },
  { scope: 'reserved_ip:read', why: 'warn when the origin has a reserved IP, which bypasses the balancer' },
  { scope: 'monitoring:read', why: 'see what a load balancer’s own health checks say' },
]

/** The scopes to ask for when linking an account by OAuth. */
export const OAUTH_SCOPES: readonly string[] = [...NEEDED_SCOPES, ...WELCOME_SCOPES].map(({ scope }) => scope)
