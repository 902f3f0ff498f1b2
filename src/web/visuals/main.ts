import { createKept } from '../console/kept.ts'
import { createSettings } from '../console/settings.ts'
import { createToasts } from '../console/messages.ts'
import { createVisualsClient } from './api.ts'
import { createVisualsPage } from './page.ts'

const root = document.getElementById('visuals')
if (root !== null) {
  const notes = document.createElement('div')
  notes.className = 'toasts'
  notes.role = 'alert'
  document.body.append(notes)
  let themed = (): void => undefined
  const settings = createSettings(createKept(), () => themed())
  const client = createVisualsClient(settings.name)
  const page = createVisualsPage(root, { client, settings, toasts: createToasts(notes) })
  themed = page.themed
}
