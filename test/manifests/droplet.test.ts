import assert from 'node:assert/strict'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { MANIFESTS, run, without } from './programs.ts'

const read = (name: string): Promise<string> => readFile(join(MANIFESTS, name), 'utf8')
const CloudInit = z.object({
  write_files: z.array(z.object({ path: z.string(), content: z.string(), permissions: z.string().optional() })),
  packages: z.array(z.string()),
  runcmd: z.array(z.string()),
})

describe('cloud-init.yaml', () => {
  const config = async (): Promise<z.infer<typeof CloudInit>> => CloudInit.parse(parse(await read('cloud-init.yaml')))

  it('says what cloud-init takes', { skip: without('cloud-init') }, async () => {
    const { code, said } = await run('cloud-init', ['schema', '--config-file', join(MANIFESTS, 'cloud-init.yaml')])
    assert.equal(code, 0, said)
  })

  it('begins as user data has to, fits into it, and unpacks what the package has', async () => {
    const text = await read('cloud-init.yaml')
    assert.match(text, /^#cloud-config\n/)
    assert.ok(text.length < 16_384)
    const named = [...text.matchAll(/package\/manifests\/([\w./-]+)/g)].map(([, name]) => name!)
    assert.deepEqual(named.toSorted(), ['Caddyfile', 'install.sh'])
    for (const name of named) await access(join(MANIFESTS, name))
    const { packages, write_files: files } = await config()
    for (const wanted of ['redis-server', 'caddy', 'curl', 'gpg']) assert.ok(packages.includes(wanted), wanted)
    const env = files.find(({ path }) => path === '/etc/spinup/.env')
    assert.equal(env?.permissions, '0600')
    assert.match(env.content, /^SPINUP_TRUST_PROXY=127\.0\.0\.1$/m)
  })

  it('runs its commands as one script, which ends at the first that fails', async () => {
    const { runcmd } = await config()
    assert.equal(runcmd[0], 'set -eux')
    const script = runcmd.join('\n')
    assert.equal((await run('sh', ['-n', '-c', script])).code, 0)
    if (without('shellcheck') !== false) return
    const dir = await mkdtemp(join(tmpdir(), 'spinup-cloud-'))
    await writeFile(join(dir, 'runcmd.sh'), `#!/bin/sh\n${script}\n`)
    const checked = await run('shellcheck', [join(dir, 'runcmd.sh')])
    await rm(dir, { recursive: true })
    assert.equal(checked.code, 0, checked.said)
  })
})

describe('the Terraform example', () => {
  const main = (): Promise<string> => read('terraform/main.tf')

  it('puts address, package and password where cloud-init.yaml has its examples, and leaves none', async () => {
    const text = await main()
    const values = { address: 'https://bot.test', package: 'https://files.test/s.tgz', password: 'a-real-one' }
    const replaced = [...text.matchAll(/^ *"([^"]+)", (var\.\w+|random_password\.\w+\.result)\)/gm)].map(
      ([, from]) => from!,
    )
    assert.deepEqual(replaced, ['https://spinup.example.com', 'https://example.com/spinup.tgz', 'EXAMPLE-password'])
    let data = await read('cloud-init.yaml')
    for (const [index, value] of Object.values(values).entries()) data = data.replaceAll(replaced[index]!, value)
    assert.doesNotMatch(data.replaceAll(/^ *#.*$/gm, ''), /example/i)
    const [env, from] = CloudInit.parse(parse(data)).write_files
    assert.equal(
      env?.content,
      'SPINUP_PUBLIC_URL=https://bot.test\nSPINUP_CONSOLE_PASSWORD=a-real-one\nSPINUP_TRUST_PROXY=127.0.0.1\n',
    )
    assert.equal(from?.content, values.package)
  })

  it('declares what it uses', async () => {
    const text = await main()
    const declared = (kind: string): ReadonlySet<string> =>
      new Set(
        [...text.matchAll(new RegExp(`^${kind} "(\\w+)"(?: "(\\w+)")?`, 'gm'))].map(([, one, two]) =>
          two === undefined ? one! : `${one}.${two}`,
        ),
      )
    const [inputs, resources] = [declared('variable'), declared('resource')]
    assert.ok(inputs.size > 5 && resources.size > 4)
    const used = [...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name!)
    assert.deepEqual(
      used.filter((name) => !inputs.has(name)),
      [],
    )
    assert.deepEqual(
      [...inputs].filter((name) => !used.includes(name)),
      [],
    )
    const named = [...text.matchAll(/\b((?:digitalocean|random)_\w+\.\w+)[.[]/g)].map(([, name]) => name!)
    assert.deepEqual(
      named.filter((name) => !resources.has(name)),
      [],
    )
  })

  it('is written as terraform writes it', { skip: without('terraform') }, async () => {
    const { code, said } = await run('terraform', ['fmt', '-check', '-diff', join(MANIFESTS, 'terraform')])
    assert.equal(code, 0, said)
  })
})
