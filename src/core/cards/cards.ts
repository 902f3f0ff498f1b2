import { isolated, isolatedIn } from '../model/clean.ts'
import type { View, ViewKind } from '../model/view.ts'
import { alertCard } from './alert.ts'
import { answerCard, errorCard, helpCard } from './answer.ts'
import type { Card } from './card.ts'
import { connectCard } from './connect.ts'
import { costCard } from './cost.ts'
import { decisionCard } from './decision.ts'
import { digestCard } from './digest.ts'
import { doctorCard } from './doctor.ts'
import { refreshCard } from './refresh.ts'
import { episodeCard } from './episode.ts'
import { historyCard } from './history.ts'
import { headlineIn, withPage } from './words.ts'
import { poolsCard } from './pools.ts'
import { policyCard } from './policy.ts'
import { proposalCard } from './proposal.ts'
import { statsCard } from './stats.ts'
import { statusCard } from './status.ts'
import { summaryCard } from './summary.ts'
import { visualCard } from './visual.ts'
import { whatIfCard } from './whatif.ts'

type Cards = { readonly [K in ViewKind]: (view: View & { readonly kind: K }) => Card }

const CARDS: Cards = {
  answer: answerCard,
  help: helpCard,
  status: statusCard,
  pools: poolsCard,
  stats: statsCard,
  episode: episodeCard,
  proposal: proposalCard,
  decision: decisionCard,
  policy: policyCard,
  whatif: whatIfCard,
  history: historyCard,
  connect: connectCard,
  refresh: refreshCard,
  cost: costCard,
  alert: alertCard,
  digest: digestCard,
  summary: summaryCard,
  visual: visualCard,
  doctor: doctorCard,
  error: errorCard,
}

/** A view as its document; the same view is the same document whenever it is read. */
export function cardOf<K extends ViewKind>(view: View & { readonly kind: K }): Card {
  const make: (view: View & { readonly kind: K }) => Card = CARDS[view.kind]
  const card = isolatedIn(make(view))
  const paged = view.page === undefined ? card : withPage(card, view.page)
  return view.of === undefined ? paged : { ...paged, headline: isolated(headlineIn(card.headline, view.of)) }
}
