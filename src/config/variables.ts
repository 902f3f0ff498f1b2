import { z } from 'zod'
import { number, port, secret, span, url } from './values.ts'

/** Every variable but those of the chat platforms: what it takes, and what it is where it is not set. */
export const VARIABLES = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/.+/, 'a URL such as redis://127.0.0.1:6379')
    .optional(),
  SPINUP_HOST: z.string().min(1).default('127.0.0.1'),
  SPINUP_PORT: port.default(8080),
  SPINUP_PUBLIC_URL: url('a URL such as https://spinup.example.com').optional(),
  SPINUP_DATA_DIR: z.string().min(1).default('.spinup'),
  SPINUP_SECRET: z.string().min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32').optional(),
  SPINUP_CONSOLE_PASSWORD: z.string().min(8, 'at least 8 characters').optional(),
  SPINUP_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').default('info'),
  SPINUP_TAKEOVER: span('10s').default(10_000),
  SPINUP_RECONCILE: span('1m').default(60_000),
  SPINUP_BALANCER_HOST: z.string().min(1).default('127.0.0.1'),
  SPINUP_BALANCER_PORT: port.default(8081),
  DIGITALOCEAN_API_URL: url('a URL such as https://api.digitalocean.com/v2').default('https://api.digitalocean.com/v2'),
  DIGITALOCEAN_OAUTH_URL: url('a URL such as https://cloud.digitalocean.com/v1/oauth').default(
    'https://cloud.digitalocean.com/v1/oauth',
  ),
  DIGITALOCEAN_TOKEN: secret('a token as DigitalOcean shows it, e.g. dop_v1_…').optional(),
  DIGITALOCEAN_CLIENT_ID: z.string().min(1).optional(),
  DIGITALOCEAN_CLIENT_SECRET: secret('the client secret of that application').optional(),
  DIGITALOCEAN_POLL: span('5s').default(5000),
  DIGITALOCEAN_PATIENCE: number(0.01, 10, '1').default(1),
  HAPROXY_ADDRESS: z
    .string()
    .regex(/^(unix:\/.+|tcp:\/\/.+:\d+)$/, 'its runtime API, e.g. unix:/run/haproxy/admin.sock or tcp://10.0.0.2:9999')
    .optional(),
  HAPROXY_BACKEND: z
    .string()
    .regex(/^[\w.:-]+$/, 'the name of a backend, e.g. app')
    .optional(),
  CADDY_ADMIN: z
    .string()
    .regex(/^(unix:\/.+|http:\/\/.+)$/, 'its admin API, e.g. http://127.0.0.1:2019 or unix:/run/caddy/admin.sock')
    .optional(),
  CADDY_HANDLER: z.string().min(1).optional(),
  WEBHOOK_BALANCER_URL: url('a URL such as https://balancer.internal/spinup').optional(),
  WEBHOOK_BALANCER_SECRET: z
    .string()
    .min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32')
    .optional(),
  WEBHOOK_BALANCER_FORMAT: z.enum(['json', 'form'], 'json or form').default('json'),
  WEBHOOK_BALANCER_SETTLE: span('30s').default(30_000),
  QUICKCHART_URL: url('a URL such as https://quickchart.io').optional(),
})

type Variables = z.infer<typeof VARIABLES>

/** Variables that mean something only together. */
export const TOGETHER: readonly (readonly [one: keyof Variables, other: keyof Variables])[] = [
  ['HAPROXY_ADDRESS', 'HAPROXY_BACKEND'],
  ['HAPROXY_BACKEND', 'HAPROXY_ADDRESS'],
  ['CADDY_HANDLER', 'CADDY_ADMIN'],
  ['WEBHOOK_BALANCER_URL', 'WEBHOOK_BALANCER_SECRET'],
  ['WEBHOOK_BALANCER_SECRET', 'WEBHOOK_BALANCER_URL'],
  ['DIGITALOCEAN_CLIENT_SECRET', 'DIGITALOCEAN_CLIENT_ID'],
]
