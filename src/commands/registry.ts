import type { CommandWords } from '../chat/grammar.ts'
import { command as adopt } from './adopt.ts'
import { command as approve } from './approve.ts'
import { command as budget } from './budget.ts'
import { command as connect } from './connect.ts'
import { command as cost } from './cost.ts'
import { command as deny } from './deny.ts'
import { command as disco } from './disco.ts'
import { command as disconnect } from './disconnect.ts'
import { command as doctor } from './doctor.ts'
import { command as down } from './down.ts'
import { command as help } from './help.ts'
import { command as history } from './history.ts'
import { command as mode } from './mode.ts'
import { command as notify } from './notify.ts'
import { command as pause } from './pause.ts'
import { command as pin } from './pin.ts'
import { command as pools } from './pools.ts'
import { command as policy } from './policy.ts'
import { command as protect } from './protect.ts'
import { command as refresh } from './refresh.ts'
import { command as remove } from './remove.ts'
import { command as resume } from './resume.ts'
import { command as scale } from './scale.ts'
import { command as show } from './show.ts'
import { command as snooze } from './snooze.ts'
import { command as stats } from './stats.ts'
import { command as status } from './status.ts'
import { command as summary } from './summary.ts'
import { command as token } from './token.ts'
import { command as undo } from './undo.ts'
import { command as unpin } from './unpin.ts'
import { command as use } from './use.ts'
import { command as up } from './up.ts'
import { command as visuals } from './visuals.ts'
import { command as whatif } from './whatif.ts'
import { command as why } from './why.ts'

/** Every command, in the order help shows them. A new one: a file beside these and a line here. */
export const COMMANDS = [
  help,
  connect,
  status,
  pools,
  use,
  stats,
  show,
  why,
  up,
  down,
  scale,
  pin,
  unpin,
  undo,
  protect,
  pause,
  resume,
  mode,
  approve,
  deny,
  policy,
  whatif,
  cost,
  budget,
  summary,
  refresh,
  remove,
  adopt,
  history,
  visuals,
  snooze,
  notify,
  doctor,
  token,
  disconnect,
  disco,
] as const

/** Those that help and completion tell of. */
export const LISTED: readonly (typeof COMMANDS)[number][] = COMMANDS.filter(
  (command: CommandWords) => command.hidden !== true,
)

/** What a person wants, as some command has read it: already right in shape. Durations are ms. */
export type Request = ReturnType<(typeof COMMANDS)[number]['parse']>
export type RequestKind = Request['kind']
