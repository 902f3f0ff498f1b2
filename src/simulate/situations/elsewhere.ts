import { MINUTE, plateau, situation, steady, waves, within, type Situation } from './situation.ts'

/** How long one request holds the lock, seconds, and the longest that any waits for it. */
const LOCK_S = 0.012
const LONGEST_S = 4

/** Connections and requests that are there without any work for a CPU: no clone helps. */
export const ELSEWHERE: readonly Situation[] = [
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
