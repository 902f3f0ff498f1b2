import { load } from './suites.ts'

await load('fast-core')
