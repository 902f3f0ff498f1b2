import { parentPort } from 'node:worker_threads'
import type { RenderJob } from '../../src/charts/renderer.ts'

// The real drawing thread, with two titles that break it: one ends the thread, the other never answers.
parentPort?.on('message', ({ spec }: RenderJob) => {
  if (spec.title === 'crash') process.exit(3)
  while (spec.title === 'hang');
})
await import('../../src/charts/render-worker.ts')
