import { answer } from '../../model/answer.ts'
import type { AnswerView } from '../../model/view.ts'
import type { Litter } from '../../pool/apply-comparison.ts'

/** What was cleaned up, once it is gone; `id` names it among what was. */
export function litterCard(litter: Litter): { readonly id: string; readonly view: AnswerView } {
  if (litter.kind === 'stray') {
    const text = `${litter.url} was the address of ${litter.memberId}, which has left the pool.`
    return {
      id: `${litter.url}:${litter.memberId}`,
      view: answer('warn', 'Took a former member off the balancer', text),
    }
  }
  const { droplet } = litter
  const made = `${new Date(droplet.createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const fields = [
    { name: 'Droplet', value: droplet.id },
    { name: 'Made', value: made },
  ]
  if (litter.kind === 'twin') {
    const text = 'The same operation had made two droplets; the one that is no member is deleted.'
    return { id: droplet.id, view: answer('warn', `Removed a duplicate of ${droplet.name}`, text, [], fields) }
  }
  const text = 'The operation that made it is over and it was never in service; it is deleted.'
  return { id: droplet.id, view: answer('warn', `Removed a half-made clone, ${droplet.name}`, text, [], fields) }
}
