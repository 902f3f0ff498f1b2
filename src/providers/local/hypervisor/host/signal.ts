/** Sends `signal` to whole process groups; a group that is gone is fine. */
export function signalGroups(groups: readonly number[], signal: NodeJS.Signals): void {
  for (const group of groups) {
    try {
      process.kill(-group, signal)
    } catch (error) {
      // EPERM is what macOS answers for a group of nothing but zombies.
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'ESRCH' && code !== 'EPERM') throw error
    }
  }
}
