import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'

const root = join(import.meta.dirname, '..')
const own = z.object({
  engines: z.object({ node: z.string() }),
  allowScripts: z.record(z.string(), z.boolean()),
})
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      engines: z.unknown().optional(),
      optional: z.boolean().optional(),
      deprecated: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
})

/** The least version that `>=20.19`, `^18 || >= 20.1` or `*` asks of Node's line 20, as [minor, patch]; null: it takes none. */
function leastOf20(range: string): readonly [minor: number, patch: number] | null {
  let least: readonly [number, number] | null = null
  for (const part of range.split('||').map((one) => one.trim())) {
    const [, sign = '', major = '0', minor = '0', patch = '0'] =
      /^(>=|\^|~)?\s*v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?/.exec(part) ?? []
    const takes20 = part === '*' || Number(major) === 20 || (sign === '>=' && Number(major) < 20)
    if (!takes20) continue
    const needs: readonly [number, number] = Number(major) === 20 ? [Number(minor) || 0, Number(patch) || 0] : [0, 0]
    if (least === null || needs[0] < least[0] || (needs[0] === least[0] && needs[1] < least[1])) least = needs
  }
  return least
}

const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(root, name), 'utf8'))

describe('the packages', () => {
  it('run on the oldest Node that is supported, so that npm has nothing to warn of', async () => {
    const { engines, allowScripts } = own.parse(await read('package.json'))
    const oldest = leastOf20(engines.node)
    assert.ok(oldest !== null, engines.node)
    const { packages } = lock.parse(await read('package-lock.json'))
    const wrong: string[] = []
    for (const [path, { engines: asked, optional, deprecated, hasInstallScript }] of Object.entries(packages)) {
      const name = path.replace(/^.*node_modules\//, '')
      const node = z.object({ node: z.string() }).safeParse(asked).data?.node
      const least = node === undefined ? [0, 0] : leastOf20(node)
      const runs = least !== null && (least[0]! < oldest[0] || (least[0] === oldest[0] && least[1]! <= oldest[1]))
      if (!runs && optional !== true) wrong.push(`${path} needs Node ${node}`)
      if (deprecated !== undefined) wrong.push(`${path} is deprecated: ${deprecated}`)
      if (hasInstallScript === true && allowScripts[name] === undefined) wrong.push(`${path} has an install script`)
    }
    assert.deepEqual(wrong, [])
    assert.ok(Object.keys(packages).length > 100, 'the lock file was read')
  })

  it('for the project’s own Node are installed by an older one too', async () => {
    const { packages } = lock.parse(await read('package-lock.json'))
    // npm leaves out an optional package whose range in the lock file its own Node does not meet; whatever wrote that file
    // again has to take the range out once more.
    const left = Object.entries(packages).flatMap(([path, { engines: asked, optional }]) => {
      const node = z.object({ node: z.string() }).safeParse(asked).data?.node
      return optional === true && node !== undefined && leastOf20(node) === null ? [`${path} needs Node ${node}`] : []
    })
    assert.deepEqual(left, [])
    assert.ok('node_modules/isolated-vm' in packages)
  })

  it('are judged by their ranges', () => {
    const cases: readonly (readonly [range: string, least: ReturnType<typeof leastOf20>])[] = [
      ['>=22', null],
      ['>=22.19.0', null],
      ['^20.19.0 || >=22.12.0', [19, 0]],
      ['>= 18', [0, 0]],
      ['>=20.18.1', [18, 1]],
      ['4.x || >=6.0.0', [0, 0]],
      ['>=v14.0.0', [0, 0]],
      ['*', [0, 0]],
    ]
    for (const [range, least] of cases) assert.deepEqual(leastOf20(range), least, range)
  })
})
