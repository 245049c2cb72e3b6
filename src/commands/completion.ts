import { Argument, Command } from 'commander';

/** Shells that a completion is written for. */
const shells = ['bash', 'zsh', 'fish'] as const;

/** `study completion`: a script that completes commands, options and their values. */
export function completionCommand(all: () => Promise<readonly Command[]>): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'yours').choices(shells))
    .addHelpText('after', help)
    .action(async (shell: (typeof shells)[number]) => {
      console.log(scripts[shell](wordsOf(await all())).trimEnd());
    });
}

const help = `
Examples:
  source <(study completion bash)
  study completion zsh > ~/.zfunc/_study
  study completion fish > ~/.config/fish/completions/study.fish`;

/** What can follow a command: subcommands, options, and values of options that have a choice. */
interface Words {
  /** `models pull` */
  readonly path: string;
  readonly about: string;
  readonly next: readonly string[];
  readonly options: readonly {
    readonly long: string;
    readonly about: string;
    readonly choices: readonly string[];
  }[];
}

function wordsOf(commands: readonly Command[], above = ''): Words[] {
  return commands.flatMap((command) => {
    const path = `${above}${command.name()}`;
    const own: Words = {
      path,
      about: command.description(),
      next: command.commands.map((each) => each.name()),
      options: command.options.flatMap(({ long, description, argChoices = [] }) =>
        long ? [{ long, about: description, choices: argChoices }] : [],
      ),
    };
    return [own, ...wordsOf(command.commands, `${path} `)];
  });
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const top = (words: readonly Words[]) => words.filter(({ path }) => !path.includes(' '));

const scripts: Readonly<Record<(typeof shells)[number], (words: readonly Words[]) => string>> = {
  bash: bashScript,
  // zsh reads bash's completions.
  zsh: (words) =>
    `#compdef study fid-study\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
};

function bashScript(words: readonly Words[]): string {
  const names = top(words).map(({ path }) => path);
  const cases = words.map(({ path, next, options }) => {
    const all = [...next, ...options.map(({ long }) => long)].join(' ');
    return `    ${quoted(path)}) words=${quoted(all)} ;;`;
  });
  const values = words.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ long, choices }) =>
          `    ${quoted(`${path} ${long}`)}) words=${quoted(choices.join(' '))} ;;`,
      ),
  );
  return `_study() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local path=\${COMP_WORDS[1]} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...names, '--help', '--version'].join(' '))} -- "$word"))
    return
  fi
  case "$path \${COMP_WORDS[2]}" in
${words
  .filter(({ path }) => path.includes(' '))
  .map(({ path }) => `    ${quoted(path)}) [ "$COMP_CWORD" -gt 2 ] && path=${quoted(path)} ;;`)
  .join('\n')}
  esac
  case "$path" in
${cases.join('\n')}
  esac
  case "$path $before" in
${values.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _study study fid-study
`;
}

function fishScript(words: readonly Words[]): string {
  const names = top(words).map(({ path }) => path);
  const lines = words.flatMap(({ path, about, next, options }) => {
    const [first, second] = path.split(' ');
    const isAfter = second
      ? `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
      : `__fish_seen_subcommand_from ${first}`;
    const named = second
      ? []
      : [
          `-n ${quoted(`not __fish_seen_subcommand_from ${names.join(' ')}`)} -a ${first} -d ${quoted(about)}`,
        ];
    return [
      ...named,
      ...next.map((name) => `-n ${quoted(isAfter)} -a ${name}`),
      ...options.map(({ long, about: text, choices }) => {
        const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : '';
        return `-n ${quoted(isAfter)} -l ${long.slice(2)}${values} -d ${quoted(text)}`;
      }),
    ];
  });
  return lines
    .flatMap((line) => ['study', 'fid-study'].map((name) => `complete -c ${name} ${line}`))
    .join('\n');
}
