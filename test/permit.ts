import type { Bound, Permit } from '../src/core/model/bound.ts'

/** Up to `most` droplets of the pool `web`, as many as wanted unless told. */
export function upTo(
  most = 1000,
  more: { readonly known?: readonly string[]; readonly coming?: Bound['coming'] } = {},
): Permit {
  return async () => ({ tag: 'spinup-pool:web', most, known: [], coming: [], ...more })
}

/** Without a limit. */
export const anyNumber: Permit = upTo()
