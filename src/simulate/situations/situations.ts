import { MINUTE, plateau, situation, steady, waves, within, type Situation } from './situation.ts'

/** Members that are busy with something else, slow, or not there for a moment. */
const MEMBERS: readonly Situation[] = [
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

/** How long one request holds the lock, seconds, and the longest that any waits for it. */
const LOCK_S = 0.012
const LONGEST_S = 4

/** Connections and requests that are there without any work for a CPU: no clone helps. */
const ELSEWHERE: readonly Situation[] = [
  situation('open-streams', '300 event streams at night, two requests in three seconds', 1, 75, steady(0.7), {
    streams: () => 300,
  }),
  situation(
    'chat-rooms',
    '100 to 1,500 WebSockets that come and go, beside an ordinary evening',
    3,
    100,
    waves(20, 160, 100 * MINUTE),
    {
      streams: waves(100, 1500, 50 * MINUTE),
      streamS: 600,
    },
  ),
  situation('slow-upstream', 'an upstream that answers in 5 s instead of 0.25 s, for 25 minutes', 2, 75, steady(70), {
    memberRps: 140,
    elsewhereS: (t) => (within(t, 25 * MINUTE, 50 * MINUTE) ? 5 : 0.25),
  }),
  situation(
    'one-lock',
    'every request holds the same lock for 12 ms, and more come than it lets through',
    2,
    75,
    plateau(30, 95, 20 * MINUTE, 50 * MINUTE, 5 * MINUTE),
    {
      memberRps: 200,
      elsewhereS: (_, __, rps) => Math.min(LONGEST_S, LOCK_S / Math.max(LOCK_S / LONGEST_S, 1 - rps * LOCK_S)),
    },
  ),
  situation(
    'long-polls',
    'questions that are answered when there is news, 20 s later on average',
    1,
    60,
    waves(10, 50, 60 * MINUTE),
    {
      memberRps: 300,
      elsewhereS: () => 20,
    },
  ),
]

/** What visitors and their requests are like; nothing else happens. */
const VISITORS: readonly Situation[] = [
  situation('evening', 'a smooth evening on a site of pages of 10 ms', 4, 60, waves(15, 230, 60 * MINUTE)),
  situation(
    'newsletter',
    'ten times the visitors within seconds, for twenty minutes',
    5,
    60,
    plateau(25, 260, 12 * MINUTE, 32 * MINUTE, 20),
  ),
  situation(
    'front-page',
    'pages of 20 ms, twenty times the visitors in three minutes, who go slowly',
    10,
    80,
    frontPage,
    {
      memberRps: 50,
    },
  ),
  situation(
    'crawlers',
    'a crawler that comes every four minutes for ten seconds',
    5,
    75,
    (t) => 35 + (t % (4 * MINUTE) < 10 ? 275 : 0),
  ),
  situation('cheap-answers', 'answers of 1 ms, up to 1,900 a second', 3, 25, waves(200, 1900, 25 * MINUTE), {
    memberRps: 1000,
  }),
  situation('dear-pages', 'pages of 400 ms, up to nine a second', 12, 100, waves(0.5, 9, 100 * MINUTE), {
    memberRps: 2.5,
  }),
  situation(
    'large-pool',
    'nine members and more, pages of 25 ms, a rise by a half and back',
    19,
    40,
    waves(250, 520, 20 * MINUTE),
    {
      memberRps: 40,
      start: 9,
      max: 40,
    },
  ),
  situation(
    'reports',
    'pages of 8 ms; three in two hundred are reports of over a second',
    8,
    80,
    waves(10, 40, 80 * MINUTE),
    {
      memberRps: 125,
      heavy: { share: 0.015, times: 150 },
    },
  ),
]

function frontPage(t: number): number {
  const since = t - 15 * MINUTE
  if (since < 0) return 15
  return 15 + 315 * Math.min(1, since / (3 * MINUTE)) * Math.exp(-Math.max(0, since - 3 * MINUTE) / (20 * MINUTE))
}

const CAMPAIGN = plateau(50, 240, 12 * MINUTE, 40 * MINUTE)

/** Ordinary loads, of which less is known than usual; and boots that are slow or quick. */
const WITNESSES: readonly Situation[] = [
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

/** What pools meet in addition to more and fewer visitors; each an hour or two. */
export const SITUATIONS: readonly Situation[] = [...VISITORS, ...ELSEWHERE, ...MEMBERS, ...WITNESSES]
