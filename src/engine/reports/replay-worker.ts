import { parentPort, workerData } from 'node:worker_threads'
import { compare, type WhatIf } from '../../simulate/what-if.ts'
import { createCalendar } from '../loop/calendar.ts'

// The thread one replay runs in: it answers once and ends. `replayer.ts` starts it with the job.
const job = workerData as WhatIf
const calendar = createCalendar()
const compared = compare(job, (policy, at) => calendar.open(policy.calendar, at))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(compared)
