import type { Operation } from '../model/operation.ts'
import { failedStep } from './failed-step.ts'

/** Whether a scale out came to nothing because the provider made no droplet: no clone was there that could have failed. */
export function neverMade(operation: Operation): boolean {
  return (
    operation.kind === 'scaleOut' &&
    operation.failure !== null &&
    operation.dropletId === null &&
    failedStep(operation) === 'create'
  )
}
