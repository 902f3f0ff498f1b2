import { gates } from './gate.ts'

gates('what the pages say', [['test:docs']])
