import { refusalOfView } from './check.ts'
import { jsonOf, refused, type Method, type ShownView, type SlackState } from './state.ts'
import type { Answer, Workspace } from './workspace.ts'

/** The clock everybody goes by. */
export const TIME_ZONE = 'America/Los_Angeles'

/** Files, views, groups and tokens. What `emulate` has is asked of it; user groups, revoking and the wait for a file are ours. */
export const OTHER_METHODS: Readonly<Record<string, Method>> = {
  'auth.test': async ({ workspace, params }) => ({
    ...(await workspace.call('auth.test', params)),
    team_id: workspace.team,
  }),

  'auth.revoke': async ({ state, workspace }) => {
    state.tokens.revokeTeam(workspace.team)
    return { ok: true, revoked: true }
  },

  'usergroups.list': async ({ workspace, params }) => ({
    ok: true,
    usergroups: Object.entries(workspace.groups).map(([id, handles]) => ({
      id,
      team_id: workspace.team,
      is_usergroup: true,
      handle: id.toLowerCase(),
      ...(params['include_users'] === 'true' ? { users: handles.map((name) => workspace.person(name).id) } : {}),
    })),
  }),

  // `emulate` knows nobody's clock.
  'users.info': async ({ workspace, params }) => {
    const answer = await workspace.call('users.info', params)
    return answer.ok
      ? { ...answer, user: { ...(answer['user'] as object), tz: TIME_ZONE, team_id: workspace.team } }
      : answer
  },

  'files.getUploadURLExternal': async ({ state, workspace, params }) => {
    const answer = await workspace.call('files.getUploadURLExternal', params)
    if (!answer.ok) return answer
    const id = String(answer['file_id'])
    state.files.set(id, {
      id,
      name: params['filename'] ?? '',
      team: workspace.team,
      bytes: Buffer.alloc(0),
      completed: false,
      looks: state.fileLooks,
      deleted: false,
    })
    return { ...answer, upload_url: `${state.origin}/upload/v1/${id}` }
  },

  'files.completeUploadExternal': async ({ state, workspace, params }) => {
    const answer = await workspace.call('files.completeUploadExternal', params)
    if (!answer.ok) return answer
    const ids = (jsonOf(params['files']) as readonly { id: string }[]).map(({ id }) => id)
    for (const id of ids) {
      const file = state.files.get(id)
      if (file !== undefined) file.completed = true
    }
    // What it is, is not known yet.
    return { ok: true, files: ids.map((id) => ({ id, title: state.files.get(id)?.name })) }
  },

  'files.info': async ({ state, workspace, params }) => {
    const file = state.files.get(params['file'] ?? '')
    const answer = await workspace.call('files.info', params)
    if (file === undefined || !answer.ok) return answer
    if (file.looks > 0) {
      file.looks--
      return { ok: true, file: { id: file.id, name: file.name, mimetype: '', filetype: '' } }
    }
    return answer
  },

  'files.delete': async ({ state, workspace, params }) => {
    const file = state.files.get(params['file'] ?? '')
    if (file !== undefined) file.deleted = true
    return workspace.call('files.delete', params)
  },

  'views.open': ({ state, workspace, params }) => openView(state, workspace, params, 'modal'),
  'views.publish': ({ state, workspace, params }) => openView(state, workspace, params, 'home'),

  'views.update': async ({ state, workspace, params }) => {
    const shown = state.views.get(params['view_id'] ?? '')
    if (shown === undefined || !shown.open) return refused('not_found')
    const wrong = unfit(state, workspace, params['view'])
    if (wrong !== null) return wrong
    const answer = await workspace.call('views.update', params)
    if (answer.ok) shown.view = answer['view'] as ShownView['view']
    return answer
  },
}

async function openView(
  state: SlackState,
  workspace: Workspace,
  params: Readonly<Record<string, string>>,
  type: ShownView['type'],
): Promise<Answer> {
  const wrong = unfit(state, workspace, params['view'])
  if (wrong !== null) return wrong
  let user = params['user_id'] ?? ''
  if (type === 'modal') {
    const trigger = state.triggers.get(params['trigger_id'] ?? '')
    if (trigger === undefined || trigger.team !== workspace.team) return refused('invalid_trigger_id')
    if (performance.now() - trigger.bornAt > state.triggerMs) return refused('expired_trigger_id')
    user = trigger.user
  }
  const answer = await workspace.call(`views.${type === 'modal' ? 'open' : 'publish'}`, params)
  if (!answer.ok) return answer
  const view = answer['view'] as ShownView['view'] & { readonly id: string }
  state.views.set(view.id, { id: view.id, team: workspace.team, user, type, view, open: true, errors: {} })
  return answer
}

function unfit(state: SlackState, workspace: Workspace, text: string | undefined): Answer | null {
  const view = jsonOf(text)
  if (typeof view !== 'object' || view === null || !('blocks' in view) || !Array.isArray(view.blocks)) {
    return refused('invalid_view')
  }
  const wrong = refusalOfView(state, workspace.team, view as ShownView['view'] & { readonly type: string })
  return wrong === null ? null : refused('invalid_arguments', { response_metadata: { messages: wrong.messages } })
}
