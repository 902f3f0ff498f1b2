import { load } from './suites.ts'

await load('pages-all')
