import { messageOf, SpinupError } from '../core/model/error.ts'

/** Runs a command line program: a wrong option or configuration is one clear line and status 2, other failures status 1. */
export async function runCommand(help: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const wrongOption = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    console.error(`spinup: ${messageOf(error)}`)
    if (wrongOption) console.error(`\n${help}`)
    else if (!(error instanceof SpinupError) && error instanceof Error) console.error(error.stack)
    const wrong = wrongOption || (error instanceof SpinupError && error.code === 'configuration')
    process.exitCode = wrong ? 2 : 1
  }
}
