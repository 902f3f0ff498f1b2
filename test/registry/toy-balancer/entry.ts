import { z } from 'zod'
import { unset, wrong, type BalancerEntry } from '../../../src/balancers/entry.ts'
import { url } from '../../../src/config/values.ts'

const settings = z.object({ kind: z.literal('toy'), entry: z.string(), front: z.string() })

/** A balancer that is told its members by PUT, with a key, at an address of the environment. */
export const entry: BalancerEntry<string | null, z.infer<typeof settings>> = {
  name: 'toy',
  label: 'Toy balancer',
  about: 'a toy',
  environment: z
    .object({ TOY_BALANCER_URL: url('a URL such as http://127.0.0.1:9000').optional() })
    .transform((value) => value.TOY_BALANCER_URL ?? null),
  settings,
  form: {
    fields: [
      { kind: 'text', name: 'toyFront', label: 'Front', example: 'front', note: 'Its name, e.g. `front`.' },
      { kind: 'secret', name: 'toyKey', label: 'Key', note: 'Kept encrypted.' },
    ],
    filled: ({ front }) => ({ toyFront: front }),
    async read(fields, { seal }) {
      const [front, key] = [fields['toyFront'] ?? '', fields['toyKey'] ?? '']
      if (!/^[a-z]+$/.test(front)) throw wrong('The front’s name is small letters.')
      if (key === '') throw wrong('It needs a key.')
      return { settings: { kind: 'toy', entry: await seal({ key }), front }, about: `Toy balancer ${front}` }
    },
  },
  front: (_env, own) => own && own.front,
  start: async (env, { unseal }) => ({
    async open(pool, own, { isHealthy }) {
      const sealed = own === null ? null : await unseal(own.entry)
      if (env === null || own === null || sealed === null) throw unset(pool)
      const { createToyBalancer } = await import('./balancer.ts')
      const { key } = z.object({ key: z.string() }).parse(JSON.parse(sealed))
      return createToyBalancer({ url: `${env}/${own.front}`, key, isHealthy })
    },
  }),
}
