import { load } from './suites.ts'

await load('balancers-builtin')
