import { gates } from './gate.ts'

gates('judges', [['test:judges']])
