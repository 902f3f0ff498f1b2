import { cp, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { checkDisk } from './cloud/machines/services.ts'
import type { DemoSite } from './site.ts'

const packageSchema = z.object({ scripts: z.object({ start: z.string().min(1) }) })

/**
 * An app of one's own: a folder with a `droplet.json`, or with a `package.json` that says how it is started. It has to
 * listen on `HOST` and `PORT`, or on `PORT` alone. Throws `configuration` where it can't be run.
 */
export async function ownApp(dir: string, healthPath: string): Promise<DemoSite> {
  const from = resolve(dir)
  const wrong = (words: string): SpinupError => new SpinupError('configuration', `--app ${dir}: ${words}`)
  if (!(await stat(from).catch(() => null))?.isDirectory()) throw wrong('there is no such folder')
  if (!healthPath.startsWith('/')) throw new SpinupError('configuration', '--health takes a path such as /health')
  const start = (await exists(join(from, 'droplet.json'))) ? null : await startOf(from, wrong)
  if (start === null) {
    try {
      checkDisk(from)
    } catch (error) {
      throw wrong(messageOf(error))
    }
  }
  return {
    healthPath,
    async prepare(folder) {
      if (resolve(folder).startsWith(from + sep)) {
        throw wrong('the demo would live inside of it; choose another folder with --data-dir')
      }
      await cp(from, folder, { recursive: true, verbatimSymlinks: true })
      if (start === null) return
      const command = ['sh', '-c', `PATH="$PWD/node_modules/.bin:$PATH"; export PATH; ${start}`]
      await writeFile(join(folder, 'droplet.json'), JSON.stringify({ services: [{ name: 'web', command }] }))
    },
  }
}

/** What `npm start` runs. */
async function startOf(folder: string, wrong: (words: string) => SpinupError): Promise<string> {
  const file = join(folder, 'package.json')
  if (!(await exists(file))) {
    throw wrong('it has no droplet.json, and no package.json whose start command could be run')
  }
  try {
    return packageSchema.parse(JSON.parse(await readFile(file, 'utf8'))).scripts.start
  } catch {
    throw wrong(
      'its package.json has no start command ("scripts": {"start": "node server.js"}), and there is no droplet.json',
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
