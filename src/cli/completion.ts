export const COMPLETIONS = ['bash', 'zsh', 'fish'] as const

export const COMPLETION_HELP = `Prints what makes your shell complete the verbs. In the file that it starts with:

  source <(spinup completion bash)       ~/.bashrc
  source <(spinup completion zsh)        ~/.zshrc, after compinit
  spinup completion fish | source        ~/.config/fish/config.fish`

/** What makes a shell complete the verbs; null: an unknown shell. */
export function completion(shell: string, verbs: readonly string[]): string | null {
  const all = [...verbs, 'completion'].join(' ')
  switch (shell) {
    case 'bash':
      return `# source <(spinup completion bash)
complete -W '${all} --help --version' -o default spinup`
    case 'zsh':
      return `# source <(spinup completion zsh)
_spinup() { (( CURRENT == 2 )) && compadd -- ${all} || _files }
compdef _spinup spinup`
    case 'fish':
      return `# spinup completion fish | source
complete -c spinup -n __fish_use_subcommand -f -a '${all}'`
    default:
      return null
  }
}
