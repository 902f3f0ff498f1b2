/** A live process (zombies are left out). */
export interface HostProcess {
  readonly pid: number
  /** Process group id: the pid of the service it descends from. */
  readonly group: number
  /** When it started, in the host's own notation: with the pid it tells a process from a later one of the same pid. */
  readonly start: string
  /** CPU time of its own and of children it has reaped, coarse (10 ms or worse). */
  readonly cpuNs: number
  /** Its niceness, -20 to 19: the higher, the more it gives way. */
  readonly nice: number
}

/** Reads the CPU time and memory of one droplet's processes. */
export interface Meter {
  /** Tells the processes that belong to it now, and which of them give way to the others; called a few times a second. */
  follow(processes: readonly HostProcess[], yielding?: ReadonlySet<number>): void
  /** CPU time used so far, ns, never falling. `full` reads every thread, else only those that were burning lately. */
  read(full: boolean): number
  /** The part of what was read that processes used which give way, ns. */
  yieldedNs(): number
  /** How long its threads were ready but the host gave them no CPU, ns, summed; 0 where the host does not tell. */
  waitedNs(): number
  /** Memory that its processes hold and that cannot be dropped, bytes. */
  memoryBytes(): number
  close(): void
}

/** What the machines must know of the machine they run on. */
export interface Host {
  /** The live processes of these groups. */
  processes(groups: ReadonlySet<number>): readonly HostProcess[]
  createMeter(): Meter
  /** Live processes that carry `variable=value` in their environment; none where the system does not tell. */
  marked(variable: string, value: string): readonly HostProcess[]
  /** Takes a new session's weight in the scheduler down; true when there is nothing left to do. */
  lowerWeight(pid: number): boolean
  close(): void
}

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
