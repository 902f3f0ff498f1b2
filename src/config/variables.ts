import { z } from 'zod'
import { port, span, url } from './values.ts'

/** The variables that no adapter reads for itself: what each takes, and what it is where it is not set. */
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
  QUICKCHART_URL: url('a URL such as https://quickchart.io').optional(),
})
