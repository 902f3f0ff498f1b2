import { gates } from './gate.ts'

gates('a bot among people', [['test:storm'], ['test:clicks'], ['test:attack']])
