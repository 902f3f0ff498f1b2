/** An answer that took longer, because the bot slept over it or Redis did, tells how things were, not how they are; ms. */
const FRESH_MS = 500
const TRIES = 3

/**
 * What `ask` answers, asked again until the answer is of this moment: a bot may be stopped after it was given, too. Null:
 * it was late every time. `elapsed`: a clock that nobody sets, ms.
 */
export async function fresh<T>(elapsed: () => number, ask: () => Promise<T>): Promise<T | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const asked = elapsed()
    const answer = await ask()
    if (elapsed() - asked <= FRESH_MS) return answer
  }
  return null
}
