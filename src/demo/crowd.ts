import { plural } from '../core/model/words.ts'
import type { EpisodeView, MemberLine, View } from '../core/model/view.ts'
import { typeInChats } from './chats.ts'
import { type } from './connect.ts'
import { wait, type Stretch } from './figures.ts'
import type { Scene } from './scene.ts'

/** A crowd, from the link that is posted to the last clone that leaves. */
export interface Crowd {
  /** From the jump to the first clone in service. */
  readonly overload: Stretch
  readonly waitedMs: number
  /** A calm stretch with the clones, while the crowd is there. */
  readonly recovered: Stretch
  /** Epoch ms. */
  readonly recoveredAt: number
  readonly decisionMs: number
  readonly inServiceMs: number
  readonly clonesPeak: number
}

/** The crowd stays this long once the pool carries it. */
const CALM_MS = 8000
const QUICK_SECONDS = 3
/** On a machine that is busy with other things a wait this many times shorter than in the overload is quick, too. */
const MANY = 12
/** Where Spinup asks first, somebody has to answer. */
const ANSWER_MS = 10 * 60_000
const WAITS = { decision: 60_000, clone: 90_000, recovery: 120_000, leaving: 300_000 }

/**
 * Posts the link and follows it to the end; in the `first` crowd a person types a few lines meanwhile. `quickMs`: a second
 * whose 95th percentile is no longer is a good one.
 */
export async function playCrowd(scene: Scene, which: 'first' | 'another', quickMs: number): Promise<Crowd> {
  const { seen, visits, client, say } = scene
  const asks = seen.pool().mode !== 'auto'
  const within = (step: keyof typeof WAITS): number => (asks ? ANSWER_MS : WAITS[step])
  const follow = createFollower(scene)
  let clonesPeak = 0
  const look = (): void => {
    follow()
    clonesPeak = Math.max(clonesPeak, seen.pool().serving.length)
  }

  scene.enter('Front page', 'Somebody posts the link, and twenty times as many readers come at once.')
  if (asks) scene.tell('Front page', 'Twenty times as many readers, and Spinup asks first: answer in the channel.')
  const jumpAt = Date.now()
  scene.traffic().surge()
  const decided = await seen.until(
    asks ? 'a scale out, by Spinup or by you' : 'the decision to scale out',
    within('decision'),
    () => seen.card(isOut(jumpAt)),
  )
  say(`${wait(decided.startedAt - jumpAt)} after the jump Spinup decides: ${decided.reason}`)
  scene.tell(
    'Front page',
    `Twenty times as many readers: pages take seconds, and Spinup orders clones after ${wait(decided.startedAt - jumpAt)}.`,
  )

  const inServiceAt = await seen.until('the first clone in service', within('clone'), () => {
    const fresh = seen.pool().serving.filter(({ phaseAt }) => phaseAt >= jumpAt)
    return fresh.length > 0 && Math.min(...fresh.map(({ phaseAt }) => phaseAt))
  })
  const soon = visits.stretch(jumpAt, inServiceAt)
  scene.tell('Front page', `Twenty times as many readers: p95 went to ${wait(soon.p95Ms)} before the first clone.`)
  scene.enter('Clones', `${wait(inServiceAt - decided.startedAt)} after the decision the first clone serves.`)

  const quickEnough = Math.max(quickMs, soon.p95Ms / MANY)
  const recoveredAt = await seen.until('visitors to be served quickly again', within('recovery'), () => {
    look()
    return visits.quick(QUICK_SECONDS, quickEnough) && (visits.last()?.at ?? null)
  })
  // By now all who came before the first clone have been served, or have given up.
  const overload = visits.stretch(jumpAt, inServiceAt)
  scene.tell('Front page', `Twenty times as many readers: p95 went to ${wait(overload.p95Ms)} before the first clone.`)
  say('Everybody is served quickly again.')
  for (const line of which === 'another' ? [] : ['status', 'stats cpu last 5m', 'why']) {
    await type(client, line, say)
    await typeInChats(scene.bot.chats, line, say)
  }
  await seen.until('a calm stretch', 60_000, () => {
    look()
    return (visits.last()?.at ?? 0) >= recoveredAt + CALM_MS
  })
  const recovered = visits.stretch(recoveredAt, Date.now())
  scene.tell(
    'Clones',
    `With ${plural(clonesPeak, 'clone')} the crowd is served quickly: p95 is ${wait(recovered.p95Ms)}.`,
  )

  scene.enter('Calm', 'Readers move on, and each clone is drained and deleted.')
  scene.traffic().ease()
  await seen.until('the last clone to leave', within('leaving'), () => {
    look()
    return seen.pool().clones.length === 0 && visits.quick(1, Infinity)
  })
  scene.tell('Calm', `All is quiet: ${plural(clonesPeak, 'clone')} came and went, and the droplet serves alone.`)
  return {
    overload,
    waitedMs: overload.p95Ms,
    recovered,
    recoveredAt,
    decisionMs: decided.startedAt - jumpAt,
    inServiceMs: inServiceAt - decided.startedAt,
    clonesPeak,
  }
}

function isOut(after: number): (view: View) => view is EpisodeView {
  return (view): view is EpisodeView => view.kind === 'episode' && view.direction === 'out' && view.startedAt >= after
}

/** Reports each clone that begins to serve or leaves, as it happens. */
function createFollower({ seen, say, tell }: Scene): () => void {
  let before: readonly MemberLine[] = seen.pool().clones
  return () => {
    const { clones, serving } = seen.pool()
    const inPhase = ({ id, phase }: MemberLine): boolean => before.some((one) => one.id === id && one.phase === phase)
    const serve = serving.filter((one) => !inPhase(one))
    const gone = before.filter(({ id }) => !clones.some((one) => one.id === id))
    const leaving = clones.filter(({ phase }) => phase === 'draining' || phase === 'deleting')
    const news = gone.length > 0 || leaving.some((one) => !inPhase(one))
    before = clones
    if (serve.length > 0) {
      say(`${names(serve)} ${serve.length === 1 ? 'serves' : 'serve'}.`)
      const coming = clones.length - serving.length - leaving.length
      const rest = coming === 0 ? '' : `, and ${coming} more ${isAre(coming)} on the way`
      const verb = serving.length === 1 ? 'serves' : 'serve'
      tell('Clones', `${plural(serving.length, 'clone')} ${verb} beside the droplet${rest}.`)
    }
    const left = gone.length === 0 ? [] : [`${names(gone)} ${gone.length === 1 ? 'has' : 'have'} left`]
    if (gone.length > 0) say(`${left.join()}.`)
    if (!news || clones.length === 0) return
    const going = leaving.length === 0 ? [] : [`${names(leaving)} ${isAre(leaving.length)} being drained`]
    const parts = [...left, ...going].join(', and ')
    tell('Calm', `${parts}; ${plural(clones.length, 'clone')} ${isAre(clones.length)} still there.`)
  }
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function names(members: readonly MemberLine[]): string {
  const ids = members.map(({ id }) => id)
  return [ids.slice(0, -1).join(', '), ids.at(-1)].filter(Boolean).join(' and ')
}
