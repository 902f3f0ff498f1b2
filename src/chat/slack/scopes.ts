/** What the app may do in a workspace, and what for; the manifest, the docs and the doctor all read it here. */
export interface Scope {
  readonly name: string
  readonly why: string
}

/** Without one of these something does not work. */
export const SCOPES: readonly Scope[] = [
  { name: 'commands', why: 'to answer /spinup' },
  { name: 'chat:write', why: 'to show cards where the app was invited' },
  { name: 'app_mentions:read', why: 'to answer @Spinup in threads' },
  { name: 'files:write', why: 'to upload charts' },
  { name: 'files:read', why: 'to see when an uploaded chart may be shown' },
  { name: 'usergroups:read', why: 'to know whether a person is in a group that may approve' },
]

/** Better with, possible without. */
export const OPTIONAL_SCOPES: readonly Scope[] = [
  { name: 'channels:history', why: 'to find a card whose posting was not confirmed, so that it is not posted twice' },
  { name: 'groups:history', why: 'the same in private channels' },
  { name: 'users:read', why: 'to write people’s names as their profiles show them, and to know their clocks' },
]

export const REQUIRED_SCOPES: readonly string[] = SCOPES.map(({ name }) => name)
export const WISHED_SCOPES: readonly string[] = OPTIONAL_SCOPES.map(({ name }) => name)
