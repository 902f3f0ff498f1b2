/** Sends `signal` to whole process groups; a group that is gone is fine. */
export function signalGroups(groups: readonly number[], signal: NodeJS.Signals): void {
  signalProcesses(
    groups.map((group) => -group),
    signal,
  )
}

/** Sends `signal` to single processes; one that is gone is fine. */
export function signalProcesses(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      // EPERM is what macOS answers for a group of nothing but zombies.
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'ESRCH' && code !== 'EPERM') throw error
    }
  }
}
