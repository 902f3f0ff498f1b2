import { load } from './suites.ts'

await load('balancers-programs')
