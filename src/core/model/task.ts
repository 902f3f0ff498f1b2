/** What people come for, in the order help shows it; each command belongs to one. */
export const TASKS = ['look', 'scaling', 'hold', 'rules', 'setup'] as const
export type Task = (typeof TASKS)[number]
