import type { Operation, ScaleOutStep } from '../model/operation.ts'

const ORDER: readonly ScaleOutStep[] = ['create', 'boot', 'report', 'health', 'join', 'serve']

/** Where a scale out that was undone got stuck: the first of its steps that never ended. */
export function failedStep(operation: Operation): ScaleOutStep {
  return ORDER.find((step) => operation.done[step] === undefined) ?? 'serve'
}
