import { load } from './suites.ts'

await load('cli-starts')
