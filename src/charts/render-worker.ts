import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../core/model/error.ts'
import { timeZoneOf } from '../core/model/time-zone.ts'
import { createDraw } from './draw.ts'
import type { RenderAnswer, RenderJob, RenderSetting } from './render-job.ts'

// The thread charts are drawn in. One job at a time: the renderer sends the next when this one is answered.
const { timeZone } = workerData as RenderSetting // What `createLocalRenderer` starts it with.
const draw = createDraw(timeZoneOf(timeZone))
parentPort?.on('message', ({ id, spec, options }: RenderJob) => {
  let answer: RenderAnswer
  try {
    answer = { id, kind: 'drawn', png: draw(spec, options) }
  } catch (error) {
    answer = { id, kind: 'failed', reason: messageOf(error) }
  }
  parentPort?.postMessage(answer, answer.kind === 'drawn' ? [answer.png.buffer] : [])
})
