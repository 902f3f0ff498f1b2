import { runBot } from './app/run-bot.ts'
import { runCommand } from './cli/run-command.ts'
import { givenEnvironment } from './config/env-file.ts'

const HELP = `Starts Spinup: the bot, its web console, the built-in balancer, and a Redis of its own where REDIS_URL names none.

  npm start

It is set up by environment variables, or by a file .env in the folder it is started in (\`npm run init\` writes one);
the usual ones, and what they are without:

  SPINUP_PORT            of the console (8080)
  SPINUP_BALANCER_PORT   where visitors reach the built-in balancer (8081)
  SPINUP_DATA_DIR        where everything is kept (.spinup)
  SPINUP_PUBLIC_URL      where agents and browsers reach the bot, if not at its own address
  DIGITALOCEAN_TOKEN     an account; without it, /spinup connect asks for one
  SLACK_BOT_TOKEN        and SLACK_APP_TOKEN: Slack (docs/slack.md)
  DISCORD_TOKEN          Discord (docs/discord.md)

All of them: manifests/example.env. On a terminal the log is sentences, elsewhere JSON.

Ctrl-C ends the bot; droplets and the balancer keep running. Exit status 2: wrong configuration; 1: could not start.`

// The bot as a process: the only reader of the environment.
await runCommand({ help: HELP }, () => runBot(givenEnvironment(process.env)))
