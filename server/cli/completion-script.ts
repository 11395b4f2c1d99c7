/** Scripts for the completion of shells, made of the declarations of the commands. */
import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Choice {
  readonly word: string;
  readonly description: string;
}

/** One command: what may follow it. */
interface Node {
  /** Names from the program on, joined by blanks; empty for the program itself. */
  readonly at: string;
  readonly commands: readonly Choice[];
  readonly options: readonly (Choice & { readonly takesValue: boolean; readonly values: readonly string[] })[];
  /** Words of the first argument, where it has a list of them. */
  readonly values: readonly string[];
}

/** The script of a shell. Where no word is known, files are completed. */
export function completionScript(shell: Shell, program: Command): string {
  const nodes = nodesOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      return zsh(nodes);
    case 'fish':
      return fish(nodes);
  }
}

function nodesOf(command: Command, path: readonly string[]): readonly Node[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const words = commands.map((one) => ({ word: one.name(), description: line(one.description()) }));
  const node: Node = {
    at: path.join(' '),
    commands: words,
    options: help.visibleOptions(command).flatMap(optionOf),
    values: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [node, ...command.commands.flatMap((one) => nodesOf(one, [...path, one.name()]))];
}

function optionOf(option: Option): Node['options'] {
  if (option.long === undefined || option.long === null) return [];
  const takesValue = option.required || option.optional;
  return [{ word: option.long, description: line(option.description), takesValue, values: option.argChoices ?? [] }];
}

function line(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Patterns of `case` that follow a command by its next word: `'rules plan'`. */
function steps(nodes: readonly Node[]): string {
  return nodes
    .filter(({ at }) => at !== '')
    .map(({ at }) => quoted(at.includes(' ') ? at : ` ${at}`))
    .join('|');
}

/** Branches of `case` for the values of options. */
function valueBranches(nodes: readonly Node[], complete: (values: readonly string[]) => string): string {
  return nodes
    .flatMap(({ at, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .map(({ word, values }) => `    ${quoted(`${at} ${word}`)}) ${complete(values)} ;;`),
    )
    .join('\n');
}

function bash(nodes: readonly Node[]): string {
  const words = ({ commands, options, values }: Node): string =>
    [...commands, ...options]
      .map(({ word }) => word)
      .concat(values)
      .join(' ');
  return `# Completion of thermocline for bash. Load it with: source <(thermocline completion bash)
_thermocline() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${steps(nodes)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at $previous" in
${valueBranches(nodes, (values) => (values.length === 0 ? 'return' : `COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return`))}
  esac
  case "$at" in
${nodes.map((node) => `    ${quoted(node.at)}) COMPREPLY=($(compgen -W ${quoted(words(node))} -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _thermocline thermocline
`;
}

function zsh(nodes: readonly Node[]): string {
  const described = ({ word, description }: Choice): string => quoted(`${word}:${description.replaceAll(':', '\\:')}`);
  const branch = (node: Node): string => {
    const all = [
      ...node.commands.map(described),
      ...node.values.map((word) => quoted(word)),
      ...node.options.map(described),
    ];
    return `    ${quoted(node.at)}) choices=(${all.join(' ')}) ;;`;
  };
  return `#compdef thermocline
# Completion of thermocline for zsh. Load it with: source <(thermocline completion zsh)
_thermocline() {
  local at='' word
  local -a choices
  for word in \${words[2,CURRENT-1]}; do
    case "$at $word" in
      ${steps(nodes)}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${valueBranches(nodes, (values) => (values.length === 0 ? '_files; return' : `compadd -- ${values.map(quoted).join(' ')}; return`))}
  esac
  case "$at" in
${nodes.map(branch).join('\n')}
  esac
  _describe thermocline choices || _files
}
compdef _thermocline thermocline
`;
}

function fish(nodes: readonly Node[]): string {
  const single = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const known = nodes.filter(({ at }) => at !== '').map(({ at }) => single(at));
  const lines = nodes.flatMap(({ at, commands, options, values }) => {
    const condition = `-n ${single(`__thermocline_at ${single(at)}`)}`;
    return [
      ...commands.map(
        ({ word, description }) => `complete -c thermocline ${condition} -f -a ${word} -d ${single(description)}`,
      ),
      ...(values.length === 0 ? [] : [`complete -c thermocline ${condition} -f -a ${single(values.join(' '))}`]),
      ...options.map((option) => {
        const value =
          option.values.length > 0 ? ` -x -a ${single(option.values.join(' '))}` : option.takesValue ? ' -r' : '';
        return `complete -c thermocline ${condition} -l ${option.word.slice(2)}${value} -d ${single(option.description)}`;
      }),
    ];
  });
  return `# Completion of thermocline for fish.
function __thermocline_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    if contains -- $next ${known.join(' ')}
      set at $next
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}
