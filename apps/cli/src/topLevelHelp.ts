/** What `onbehalf --help` prints in a pipe, so that it need not be made: a test compares it with what would be. */
export const topLevelHelp = `DESCRIPTION
  Act for the merchants of a Nuapay payment partner. The API key comes from NUAPAY_API_KEY, from --api-key-stdin or from a file.

USAGE
  onbehalf <subcommand> [flags]

GLOBAL FLAGS
  --help, -h              Show help information
  --version, -v           Show version information
  --profile <name>        A profile of config.toml (else ONBEHALF_PROFILE, else its default)
  --environment choice    Which Nuapay to call (else NUAPAY_ENVIRONMENT, else sandbox) (choices: live, sandbox)
  --base-url <url>        Another address, such as a simulator's (else NUAPAY_BASE_URL)
  --store choice          Where tokens are kept between runs (else ONBEHALF_STORE, else file) (choices: file, memory, redis)
  --api-key-stdin         Read the API key from stdin (else NUAPAY_API_KEY, else api_key_file)
  --verbose               Tell each request on stderr, without its secrets

SUBCOMMANDS
  organisations    The organisations of this partner account
  token            Tokens on behalf of merchants
  api              Call the API on behalf of a merchant, with a token of its own, and print the answer's body
  exec             Run a program with a token for a merchant in its environment. Signals and exit code pass through. The token is not renewed while it runs: it is good for half of --expires-in at least
  watch            Show the life of a merchant's token: how long it has left, and when another takes its place. It is in use while you look: it is renewed when it is due. Ctrl-C ends it
  doctor           Check Node, settings, network, clock, API key, account, store and permissions; each line says what to do. The exit code is that of the first failure
  simulator        Nuapay's Gatekeeper as a local server, for trying things out
  seal-key         Keys that seal tokens at rest
  config           The settings: flags before environment before config.toml
  completion       Print the script that completes commands and flags in your shell
EXAMPLES
  # See whom you may act for
  onbehalf organisations list

  # Get a token for one of them
  onbehalf token get <organisation> --scope admin

  # Call the API on its behalf
  onbehalf api GET /mandates --organisation <organisation> --scope admin

  # Find out what is wrong
  onbehalf doctor
`
