/**
 * Target tracking of EC2 Auto Scaling on average CPU. After
 * - https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html (scales out in proportion, in
 *   only when the smaller group would stay under the target and the metric is more than 10 % below it)
 * - the alarms it makes and nobody may edit, AlarmHigh with 3 points above the target and AlarmLow with 15 one-minute
 *   points below 0.9 × target: https://github.com/aws-samples/amazon-aurora-labs-for-mysql/issues/3,
 *   https://github.com/hashicorp/terraform-provider-aws/issues/42553
 * - https://docs.aws.amazon.com/autoscaling/ec2/userguide/policy-creating-high-resolution-metrics.html (10 s metrics)
 * - https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html (warming
 *   instances give no metric, count as capacity on the way out, and nothing goes while one warms up)
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html (Auto Scaling actions are
 *   repeated once a minute while the alarm lasts)
 * In its favour, points are known the moment their period ends; CloudWatch takes some seconds more.
 */
import type { PoolView, Scaler } from '../scaler.ts'
import { meanOf, servingOf, sizeOf } from './metrics.ts'

export interface AwsSettings {
  readonly target: number
  /** Period of the metric that scales out: 10, 30 or 60 s. */
  readonly periodS: 10 | 30 | 60
  /** Default instance warm-up, from when it serves. */
  readonly warmupS: number
}

/** Predefined metrics come each minute; AWS recommends setting a warm-up, even of 0 s. */
const AWS_DEFAULTS: AwsSettings = { target: 0.5, periodS: 60, warmupS: 0 }

const HIGH_POINTS = 3
const LOW_POINTS = 15
const LOW_PERIOD_S = 60
const LOW_SHARE = 0.9
const ACTION_EVERY_S = 60

export function createAws(settings: Partial<AwsSettings> = {}): Scaler {
  const { target, periodS, warmupS }: AwsSettings = { ...AWS_DEFAULTS, ...settings }
  const high = createPoints(periodS, HIGH_POINTS)
  const low = createPoints(LOW_PERIOD_S, LOW_POINTS)
  const actOut = createAction()
  const actIn = createAction()

  function decide(view: PoolView): number {
    const size = sizeOf(view)
    const serving = servingOf(view)
    const warm = serving.filter((member) => member.age >= warmupS)
    const cpu = meanOf(warm, 'cpu')
    high.add(view.t, cpu)
    low.add(view.t, cpu)
    const above = high.all((value) => value > target)
    const out = actOut(view.t, above)
    const inwards = actIn(
      view.t,
      low.all((value) => value < target * LOW_SHARE),
    )
    if (out) return Math.max(size, Math.ceil((warm.length * (high.last() ?? 0)) / target))
    // Nothing goes while the metric is high or somebody is still on the way.
    if (!inwards || above || warm.length < size) return size
    return Math.min(size, Math.max(1, Math.ceil((warm.length * (low.last() ?? target)) / target)))
  }

  return { name: 'aws', everyS: 1, desired: decide }
}

/** An alarm acts when it begins, and once a minute as long as it lasts. */
function createAction(): (t: number, alarmed: boolean) => boolean {
  let acted = -Infinity
  return (t, alarmed) => {
    if (!alarmed) acted = -Infinity
    if (!alarmed || t - acted < ACTION_EVERY_S) return false
    acted = t
    return true
  }
}

interface Points {
  add(t: number, value: number | null): void
  /** Whether each of the newest points is so; false until there are enough. */
  all(test: (value: number) => boolean): boolean
  last(): number | undefined
}

/** Means over whole periods, the newest `count` of them. */
function createPoints(periodS: number, count: number): Points {
  const points: number[] = []
  let period = Number.NaN
  let sum = 0
  let seen = 0
  return {
    add: (t, value) => {
      const now = Math.floor(t / periodS)
      if (now !== period) {
        if (seen > 0) points.push(sum / seen)
        if (points.length > count) points.shift()
        period = now
        sum = 0
        seen = 0
      }
      if (value === null) return
      sum += value
      seen++
    },
    all: (test) => points.length >= count && points.every((point) => test(point)),
    last: () => points.at(-1),
  }
}
