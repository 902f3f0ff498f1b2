import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { matchesGlob } from 'node:path'
import { MANIFESTS, ROOT } from '../manifests/programs.ts'
import type { PrivateRoot } from './machine.ts'

/** What a stage leaves for the next, and how the last one is started. */
export interface Image {
  readonly user: string
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string
  readonly command: readonly string[]
}

/**
 * Does by hand what `docker build` does with our Dockerfile, in a root that has what its base image has: Debian and Node.
 * Both stages share that root, so what is copied from one to the other is there already.
 */
export async function buildIn(root: PrivateRoot): Promise<Image> {
  let image: Image = { user: 'root', env: {}, workdir: '/', command: [] }
  let entry: readonly string[] = []
  for (const [word, rest] of await steps()) {
    switch (word) {
      case 'FROM':
        image = { user: 'root', env: {}, workdir: '/', command: [] }
        break
      case 'WORKDIR':
        await mkdir(join(root.path, rest), { recursive: true })
        image = { ...image, workdir: rest }
        break
      case 'COPY':
        if (!rest.startsWith('--from=')) await copy(root, image.workdir, rest.split(' '))
        break
      case 'RUN': {
        const { code, said } = await root.sh(`cd ${image.workdir} && ${rest}`)
        if (code !== 0) throw new Error(`RUN ${rest}: ${said}`)
        break
      }
      case 'ENV':
        image = {
          ...image,
          env: {
            ...image.env,
            ...Object.fromEntries(
              rest.split(/ +/).map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]),
            ),
          },
        }
        break
      case 'USER':
        image = { ...image, user: rest }
        break
      case 'ENTRYPOINT':
        entry = JSON.parse(rest) as string[]
        break
      case 'CMD':
        image = { ...image, command: [...entry, ...(JSON.parse(rest) as string[])] }
        break
      case 'VOLUME':
      case 'EXPOSE':
      case 'HEALTHCHECK':
        break
      default:
        throw new Error(`${word} is not known here; teach it to test/install/dockerfile.ts`)
    }
  }
  return image
}

async function steps(): Promise<readonly (readonly [word: string, rest: string])[]> {
  const text = await readFile(join(MANIFESTS, 'Dockerfile'), 'utf8')
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  return lines.filter((line) => line !== '').map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)])
}

/** Without what Dockerfile.dockerignore leaves out. */
async function copy(root: PrivateRoot, workdir: string, words: readonly string[]): Promise<void> {
  const ignored = (await readFile(join(MANIFESTS, 'Dockerfile.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const isIgnored = (path: string): boolean =>
    ignored.some((pattern) => matchesGlob(path, pattern) || path.startsWith(`${pattern}/`))
  const to = join(root.path, workdir, words.at(-1)!)
  for (const name of words.slice(0, -1)) {
    const from = join(ROOT, name)
    await cp(from, name === '.' ? to : join(to, name), {
      recursive: true,
      filter: (path) => !isIgnored(path.slice(ROOT.length + 1)),
    })
  }
}
