/**
 * HashiCorp's Nomad Autoscaler with its target-value strategy. After
 * - github.com/hashicorp/nomad-autoscaler plugins/builtin/strategy/target-value/plugin/plugin.go (`calculateDirection`,
 *   `defaultPrecision` 0.01, ceil(count × metric / target))
 * - agent/config/config.go (`defaultEvaluationInterval` 10 s, `defaultPolicyCooldown` 5 min)
 * - policyeval/base_worker.go (`errTargetNotReady`: with nodes still on their way nothing is evaluated)
 * - https://developer.hashicorp.com/nomad/tools/autoscaling/policy (cooldown, cooldown_on_scale_up)
 */
import type { Scaler } from '../scaler.ts'
import { createBeat, createWindow, meanOf, servingOf, sizeOf } from './metrics.ts'

export interface NomadSettings {
  readonly target: number
  readonly precision: number
  readonly evaluationS: number
  readonly cooldownS: number
  /** cooldown_on_scale_up; as long as the other unless given. */
  readonly cooldownOnScaleUpS: number
  /** Seconds of CPU that the query averages. */
  readonly queryS: number
}

const NOMAD_DEFAULTS: NomadSettings = {
  target: 0.7,
  precision: 0.01,
  evaluationS: 10,
  cooldownS: 300,
  cooldownOnScaleUpS: 300,
  queryS: 10,
}

export function createNomad(settings: Partial<NomadSettings> = {}): Scaler {
  const all: NomadSettings = { ...NOMAD_DEFAULTS, ...settings }
  const due = createBeat(all.evaluationS)
  const query = createWindow(all.queryS)
  let restUntil = -Infinity
  return {
    name: 'nomad',
    everyS: 1,
    desired: (view) => {
      const size = sizeOf(view)
      const serving = servingOf(view)
      const cpu = meanOf(serving, 'cpu')
      if (cpu !== null) query.add(view.t, cpu)
      const metric = query.mean(view.t)
      if (!due(view.t) || metric === null || view.t < restUntil || serving.length < size) return size
      const factor = metric / all.target
      if (Math.abs(factor - 1) <= all.precision) return size
      const to = Math.max(1, Math.ceil(size * factor))
      if (to !== size) restUntil = view.t + (to > size ? all.cooldownOnScaleUpS : all.cooldownS)
      return to
    },
  }
}
