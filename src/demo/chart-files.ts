import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConsoleClient } from '../cli/console-client.ts'
import type { Card } from '../core/model/view.ts'

/** Every chart the channel shows, dark and light, as PNG files in the folder's `charts`; gives their paths. */
export async function saveCharts(
  client: ConsoleClient,
  cards: readonly Card[],
  dataDir: string,
): Promise<readonly string[]> {
  const folder = join(dataDir, 'charts')
  await mkdir(folder, { recursive: true })
  const ids = new Set(
    cards.map(({ view }) => ('chart' in view ? (view.chart?.id ?? null) : null)).filter((id) => id !== null),
  )
  const files: string[] = []
  for (const id of ids) {
    for (const theme of ['dark', 'light'] as const) {
      const png = await client.chart(id, theme)
      if (png === null) continue
      const file = join(folder, `${id}.${theme}.png`)
      await writeFile(file, png)
      files.push(file)
    }
  }
  return files
}
