import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import type { Prepared } from './child-process.ts'
import { readFonts } from './font.ts'
import { withoutNetwork } from './limits.ts'

/** What the sandbox's processes need, and the folder it lies in, which goes when it is no longer needed. */
export function createPreparation(): {
  readonly prepare: () => Promise<Prepared>
  readonly close: () => Promise<void>
} {
  let folder: string | null = null
  return {
    prepare: async () => {
      const [built, fonts, confined, made] = await Promise.all([
        bundle(),
        readFonts(),
        withoutNetwork(),
        mkdtemp(join(tmpdir(), 'spinup-fonts-')),
      ])
      folder = made
      // Read by nobody's user.
      await chmod(made, 0o755)
      const fontFiles = fonts.files.map((_, index) => join(made, `${index}.ttf`))
      await Promise.all(fonts.files.map((bytes, index) => writeFile(fontFiles[index]!, bytes, { mode: 0o644 })))
      return { bundle: built, metrics: JSON.stringify(fonts.metrics), fontFiles, confined }
    },
    close: async () => {
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}
