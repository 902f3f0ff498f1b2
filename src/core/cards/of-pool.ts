import { inPool } from '../model/pool-action.ts'
import type { PoolRef, View } from '../model/view.ts'
import { poolName } from './words.ts'

/** A view of a pool: its buttons carry the pool, whatever else is connected by the time one is pressed. */
export function viewOf<V extends View>(view: V, of: PoolRef): V & { readonly of: PoolRef } {
  const carry = <A extends { readonly action: string }>(one: A): A => ({ ...one, action: inPool(one.action, of.id) })
  return {
    ...view,
    of,
    ...('actions' in view ? { actions: view.actions.map(carry) } : {}),
    ...('choices' in view ? { choices: view.choices.map(carry) } : {}),
  }
}

/** A headline that names the pool, where its team has several. */
export function headlineIn(headline: string, { name, named }: PoolRef): string {
  return named && !says(headline, name) ? `${poolName(name)}: ${headline}` : headline
}

/** `web` is not said by `web-2`. */
function says(headline: string, name: string): boolean {
  return headline.split(/[^\p{L}\p{N}._-]+/u).some((word) => word.replace(/[.]$/, '') === name)
}
