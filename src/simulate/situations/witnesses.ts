import { MINUTE, plateau, situation, steady, waves, type Situation } from './situation.ts'

const CAMPAIGN = plateau(50, 240, 12 * MINUTE, 40 * MINUTE)

/** Ordinary loads, of which less is known than usual; and boots that are slow or quick. */
export const WITNESSES: readonly Situation[] = [
  situation(
    'late-agents',
    'samples ten seconds apart that come six seconds late, and five times the visitors',
    5,
    65,
    CAMPAIGN,
    {
      everyS: 10,
      lateS: 6,
    },
  ),
  situation('silent-agents', 'from minute 8 on every other agent says nothing', 5, 65, CAMPAIGN, {
    silent: (t, index) => index % 2 === 1 && t >= 8 * MINUTE,
  }),
  situation('no-balancer', 'a balancer that reports nothing, and five times the visitors', 5, 65, CAMPAIGN, {
    balancer: 'nothing',
  }),
  situation(
    'streams-unseparated',
    '250 event streams at a balancer that cannot distinguish them from requests',
    2,
    60,
    steady(12),
    {
      memberRps: 65,
      streams: () => 250,
      balancer: 'counts',
    },
  ),
  situation(
    'work-unreported',
    'a balancer that reports nothing, and 75 % of every CPU is busy with something else',
    2,
    60,
    steady(8),
    {
      background: () => ({ share: 0.75, nice: false }),
      balancer: 'nothing',
    },
  ),
  situation(
    'slow-boots',
    'clones that need four minutes, on a slow rise',
    5,
    80,
    plateau(40, 260, 12 * MINUTE, 55 * MINUTE, 20 * MINUTE),
    {
      bootS: [220, 250],
    },
  ),
  situation('quick-boots', 'clones that need 20 s, and a wave every eight minutes', 5, 65, waves(40, 300, 8 * MINUTE), {
    bootS: [17, 24],
  }),
]
