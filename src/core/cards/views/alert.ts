import type { Alarm } from '../../model/state.ts'
import type { AlertView } from '../../model/view.ts'

/** A warning as a card; `resolvedAt` once its cause is gone. */
export function alertView(alarm: Alarm, resolvedAt: number | null): AlertView {
  return {
    kind: 'alert',
    tone: resolvedAt === null ? alarm.tone : 'good',
    title: resolvedAt === null ? alarm.title : `Resolved: ${alarm.title}`,
    text: alarm.text,
    fix: resolvedAt === null ? alarm.fix : null,
    facts: alarm.facts ?? [],
    actions: resolvedAt === null ? (alarm.actions ?? []) : [],
    state: resolvedAt === null ? 'active' : 'resolved',
    since: alarm.since,
    resolvedAt,
  }
}
