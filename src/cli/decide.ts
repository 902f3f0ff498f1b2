import { createAnswers } from './decide-answers.ts'
import { readPolicyFile } from './policy-file.ts'
import { runCommand } from './run-command.ts'

const HELP = `Judges a pool: reads what is seen of it, one JSON object a line, and answers each line at once with how many members it
should have. Nothing is carried out.

  npm run --silent decide -- --policy FILE < observations

  --policy FILE   JSON of the policy's fields, e.g. {"target": 0.7, "min": 1, "max": 20}; without it the defaults (1 to 5)

in   {"t": 1700000000, "members": [{"id": "web-1", "phase": "inService", "age": 300, "sampleAt": 1699999999,
      "stats": {"cpu": 0.93, "memory": 0.4, "load1": 3.2, "psi": 0.5, "rps": 88, "p95": 0.4, "inflight": 0.9}}]}
out  {"t": 1700000000, "desired": 2, "reason": "CPU 93 %, target 80 %.", "rule": "target", "wanted": 2}

t and sampleAt are seconds; phase is inService, booting or draining; age is how long it is in that phase, seconds. cpu,
memory, psi and steal are fractions, load1 runnable tasks per vCPU, rps requests a second, p95 seconds, inflight CPU-seconds of
work; each may be absent. A member without stats is silent. "dollarsPerHour", what one member costs, makes the policy's
budgets count. A line that is wrong is answered with {"error": "…"} and changes nothing.`

await runCommand({ help: HELP, options: { policy: { type: 'string' } } }, async ({ values }) => {
  const answers = createAnswers(values.policy === undefined ? {} : await readPolicyFile(values.policy))
  // The listener has gone: there is nobody left to tell, not even of this.
  process.stdout.on('error', () => process.exit(0))
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) await say(answers.take(String(chunk)))
  await say(answers.end())
})

/** Waits while the reader is slower than we are. */
async function say(lines: readonly string[]): Promise<void> {
  if (lines.length === 0 || process.stdout.write(`${lines.join('\n')}\n`)) return
  await new Promise((resolve) => process.stdout.once('drain', resolve))
}
