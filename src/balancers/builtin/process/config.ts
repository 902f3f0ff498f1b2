import { join } from 'node:path'
import { z } from 'zod'

/** Raised when files or control calls change so that an older process must be replaced, not adopted. */
export const PROTOCOL = 3

/** What a balancer process is given, in a file only its owner may read: it holds the key. */
export const configSchema = z.object({
  host: z.string(),
  /** 0: any free one. */
  port: z.number(),
  controlPort: z.number(),
  key: z.string(),
  healthPath: z.string(),
  /** Proxies that are believed about where a request came from, as they were written; null: none. */
  proxies: z.string().nullable().default(null),
})
export type Config = z.infer<typeof configSchema>

/** What a balancer process tells of itself: in a file, by `GET /health`, and to the process that started it. */
export const runningSchema = z.object({
  protocol: z.number(),
  pid: z.number(),
  host: z.string(),
  port: z.number(),
  controlPort: z.number(),
  healthPath: z.string(),
})
export type Running = z.infer<typeof runningSchema>

/** The first words of a started process. */
export const wordSchema = z.union([
  z.object({ running: runningSchema }),
  z.object({ failed: z.string(), code: z.string() }),
])
export type Word = z.infer<typeof wordSchema>

/** The files of a balancer, all in its own folder. */
export function filesIn(dir: string): {
  readonly config: string
  readonly running: string
  readonly members: string
  readonly log: string
} {
  return {
    config: join(dir, 'config.json'),
    running: join(dir, 'running.json'),
    members: join(dir, 'members.json'),
    log: join(dir, 'balancer.log'),
  }
}
