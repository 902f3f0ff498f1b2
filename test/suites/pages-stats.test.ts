import { load } from './suites.ts'

await load('pages-stats')
