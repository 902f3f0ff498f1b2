import { ANSWERS } from '../../../../core/model/episode-words.ts'
import type { EpisodeView } from '../../../../core/model/view.ts'
import { duration, plural } from '../../../../core/model/words.ts'
import type { SlackContext } from '../context.ts'
import { MEMBER_MARKS } from '../marks.ts'
import { aside, dated, picture, rows, words, type Part, poolName } from '../parts.ts'
import { bold, glue, instant, instantToken, say } from '../rich.ts'

/** What whoever opens the thread wants to know: the reason in full, each member's step, who said yes, the chart. */
export function episodeThread(view: EpisodeView, { now, images }: SlackContext): readonly Part[] {
  const approval = approvalWords(view.approval)
  return [
    ...words('headline', [
      bold(`${poolName(view.pool)}: scale ${view.direction} ${view.from} → ${view.to}, in detail`, 200),
    ]),
    ...words('facts', [say(view.reason, 2500)]),
    ...rows(
      view.members.map(({ id, label, state, tookMs, detail }) => [
        glue(`${MEMBER_MARKS[state]} `),
        bold(id),
        glue('  '),
        say(label, 120),
        ...(tookMs === null ? [] : [glue(` in ${duration(tookMs)}`)]),
        ...(detail === null || detail === '' ? [] : [glue(': '), say(detail, 300)]),
      ]),
      { rank: 'facts', noun: 'member' },
    ),
    ...(approval === '' ? [] : words('story', [say(sentence(approval), 300)], [say(view.approval?.note ?? '', 600)])),
    ...rows(
      view.earlier.map(({ at, from, to, reason }) => [
        glue('🔁 '),
        instant(at, now, 'second'),
        glue(`  ${from} → ${to}  `),
        say(reason, 300),
      ]),
      { noun: 'earlier change' },
    ),
    ...picture(view.chart, images, 'story'),
    ...aside([
      view.detectedAt === null ? '' : dated('detected ', instantToken(view.detectedAt, now, 'second')),
      dated('begun ', instantToken(view.startedAt, now, 'second')),
      view.endedAt === null
        ? ''
        : dated(
            'ended ',
            instantToken(view.endedAt, now, 'second'),
            ` after ${duration(view.endedAt - view.startedAt)}`,
          ),
      view.members.length === 0 ? '' : plural(view.members.length, 'member'),
    ]),
  ]
}

/** `approved by Ada and Grace`; empty where nobody was asked. */
export function approvalWords(approval: EpisodeView['approval']): string {
  if (approval === null) return ''
  const by = approval.by.length === 0 ? '' : ` by ${listed(approval.by.map(({ name }) => name))}`
  return `${ANSWERS[approval.state]}${by}`
}

/** `Ada, Grace and 3 more`. */
export function listed(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
