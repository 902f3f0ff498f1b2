import { load } from './suites.ts'

await load('simulate')
