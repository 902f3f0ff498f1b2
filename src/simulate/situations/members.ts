import { MINUTE, plateau, situation, steady, within, type Situation } from './situation.ts'

/** Members that are busy with something else, slow, or not there for a moment. */
export const MEMBERS: readonly Situation[] = [
  situation(
    'cron-niced',
    'a niced job at full CPU on every member, 90 s of each quarter of an hour',
    2,
    90,
    steady(6),
    {
      background: (t) => ({ share: t % (15 * MINUTE) < 90 ? 1 : 0, nice: true }),
    },
  ),
  situation(
    'backup',
    'a backup that takes 60 % of every CPU for 25 minutes, while hardly anybody comes',
    2,
    75,
    steady(2),
    {
      background: (t) => ({ share: within(t, 20 * MINUTE, 45 * MINUTE) ? 0.6 : 0.03, nice: false }),
    },
  ),
  situation('indexer', 'from minute 15 on, an indexer that takes 90 % of the first member', 3, 75, steady(60), {
    background: (t, index) => ({ share: index === 0 && t >= 15 * MINUTE ? 0.9 : 0, nice: false }),
  }),
  situation(
    'noisy-neighbour',
    'the third member has 30 % of a CPU',
    5,
    75,
    plateau(120, 200, 15 * MINUTE, 55 * MINUTE, MINUTE),
    {
      speed: (index) => (index === 2 ? 0.3 : 1),
    },
  ),
  situation('stolen-cpu', 'for twenty minutes every CPU is half as fast', 5, 75, steady(130), {
    speed: (_, __, t) => (within(t, 25 * MINUTE, 45 * MINUTE) ? 0.5 : 1),
  }),
  situation('slow-disk', 'the second member waits 2.5 s for its disk on every page', 2, 60, steady(45), {
    elsewhereS: (_, index) => (index === 1 ? 2.5 : 0.02),
  }),
  situation(
    'cold-clones',
    'clones need 2.5 times the CPU in their first 80 s',
    8,
    75,
    plateau(60, 300, 12 * MINUTE, 45 * MINUTE, 4 * MINUTE),
    {
      speed: (_, ageS) => (ageS < 80 ? 0.4 : 1),
    },
  ),
  situation('deploy', 'all members restart at once, are away for 10 s and slow for 45 s more', 5, 60, steady(150), {
    down: (t) => within(t, 25 * MINUTE, 25 * MINUTE + 10),
    speed: (_, __, t) => (within(t, 25 * MINUTE, 25 * MINUTE + 55) ? 0.5 : 1),
  }),
  situation('rolling-deploy', 'one member after the other restarts and is away for 15 s', 4, 60, steady(110), {
    start: 3,
    down: (t, index) => within(t - 25 * MINUTE, 20 * index, 20 * index + 15),
  }),
]
