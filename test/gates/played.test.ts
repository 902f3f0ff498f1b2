import { gates } from './gate.ts'

gates('stories and judges', [['test:schedules', '--', '--runs', '500'], ['test:judges']])
