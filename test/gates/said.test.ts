import { gates } from './gate.ts'

gates('what is said, in chats, pages and over HTTP', [['test:docs'], ['test:contract'], ['test:parity']])
