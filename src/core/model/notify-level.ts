/** `all`: everything; `changes`: scale events, questions and trouble; `trouble`: questions and trouble; `off`: nothing. */
export const NOTIFY_LEVELS = ['all', 'changes', 'trouble', 'off'] as const
export type NotifyLevel = (typeof NOTIFY_LEVELS)[number]
