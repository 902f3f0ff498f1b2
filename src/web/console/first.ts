// A plain script in the head, before anything is painted: the page must not flash in the wrong theme.
import { createKept } from './kept.ts'

const stored = createKept().get('theme')
const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
document.documentElement.dataset['theme'] = stored === 'dark' || stored === 'light' ? stored : system
