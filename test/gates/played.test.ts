import { gates } from './gate.ts'

gates('stories', [['test:contract'], ['test:parity'], ['test:schedules', '--', '--runs', '500']])
