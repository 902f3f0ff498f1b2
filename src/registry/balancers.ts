// A line for each balancer: its folder's record. Its code loads only when it is used. People see them by name.
export { entry as builtin } from '../balancers/builtin/entry.ts'
export { entry as caddy } from '../balancers/caddy/entry.ts'
export { entry as digitalocean } from '../balancers/digitalocean/entry.ts'
export { entry as haproxy } from '../balancers/haproxy/entry.ts'
export { entry as webhook } from '../balancers/webhook/entry.ts'
