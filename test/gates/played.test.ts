import { gates } from './gate.ts'

gates('stories and judges', [
  ['test:contract'],
  ['test:parity'],
  ['test:schedules', '--', '--runs', '500'],
  ['test:judges'],
])
