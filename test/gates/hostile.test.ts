import { gates } from './gate.ts'

gates('code that means harm', [['test:sandbox', '--', '--loaded']])
