import { parentPort } from 'node:worker_threads'
import { messageOf } from '../core/model/error.ts'
import { createDraw } from './draw.ts'
import type { RenderAnswer, RenderJob } from './renderer.ts'

// The thread charts are drawn in. One job at a time: the renderer sends the next when this one is answered.
const draw = createDraw()
parentPort?.on('message', ({ id, spec, options }: RenderJob) => {
  let answer: RenderAnswer
  try {
    answer = { id, kind: 'drawn', png: draw(spec, options) }
  } catch (error) {
    answer = { id, kind: 'failed', reason: messageOf(error) }
  }
  parentPort?.postMessage(answer, answer.kind === 'drawn' ? [answer.png.buffer] : [])
})
