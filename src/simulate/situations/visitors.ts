import { MINUTE, plateau, situation, waves, type Situation } from './situation.ts'

/** What visitors and their requests are like; nothing else happens. */
export const VISITORS: readonly Situation[] = [
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
