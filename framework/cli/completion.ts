import { join } from 'node:path';
import { completeSetting } from '../config/describe/complete';
import { Resolution } from '../config/resolve/resolution';
import { gatherOverrides } from '../config/parse/gather-overrides';
import { UserError } from '../errors';
import { Experiment } from '../experiment/experiment';
import { findExperiment } from '../experiment/find-experiment';
import { allRuns, findRun } from '../run/find-run';
import { recordedOverrides, readRecord } from '../run/run-record';
import { trashOf } from '../run/trash';
import { type CommandContext, createContext } from './command-context';
import { trustedPluginRoots } from '../api/plugin-roots';

/** The commands' usage strings: `explain <experiment> [settings..]`. */
export type CommandForms = readonly string[];

/**
 * Completes the last argument of a command line with experiments, settings, options or runs.
 * @param argv from the command's name on; the last one is partial and may be empty
 * @returns undefined if yargs must complete it: commands and their options
 */
export function complete([name, ...argv]: readonly string[], forms: CommandForms): string[] | undefined {
  const form = forms.find((each) => each.split(' ')[0] === name);
  const [previous = '', current] = argv.length === 1 ? ['', ...argv] : argv.slice(-2);
  if (form === undefined || current === undefined || current.startsWith('-')) return undefined;
  // The value of an option: a file, completed by the shell, or one that yargs knows.
  if (previous === '--config') return [];
  if (previous.startsWith('--') && previous !== '--set') return undefined;
  // Completion must not run code of another user.
  const context = createContext(true, trustedPluginRoots());
  const positionals = argv.filter((arg) => !arg.startsWith('-'));
  const takesFile = form.includes(' <file> ');
  // The shell completes files.
  if (takesFile && positionals.length === 1) return [];
  const [first = '', ...others] = takesFile ? positionals.slice(1) : positionals;
  const matching = (candidates: readonly string[]) => candidates.filter((each) => each.startsWith(current));
  const isFirst = others.length === 0;
  if (name === 'runs')
    return isFirst ? undefined : matching(first === 'restore' ? removedIds(context) : runIds(context));
  if (/[<[]experiment[>\]]/.test(form))
    return isFirst ? undefinedIfEmpty(matching(experimentNames(context))) : settings(first, others, context);
  if (form.includes('<run>')) return isFirst ? matching(runIds(context)) : matching(dynamicSettings(first, context));
  return form.includes('[name]') ? matching(allNames(context)) : undefined;
}

/** Without a matching experiment, yargs may know a command of that name. */
const undefinedIfEmpty = (found: string[]) => (found.length === 0 ? undefined : found);

const experimentNames = ({ registry }: CommandContext) => registry.optionsOf(Experiment).map(({ name }) => name);

const runIds = (context: CommandContext) => ['latest', ...allRuns(context.runs).map(({ id }) => id)];

const removedIds = (context: CommandContext) => ['latest', ...allRuns(trashOf(context.runs)).map(({ id }) => id)];

function allNames({ registry }: CommandContext): string[] {
  return registry.kinds.flatMap((kind) => [kind.name, ...registry.optionsOf(kind).map((option) => option.name)]);
}

function settings(experiment: string, argv: readonly string[], { registry }: CommandContext): string[] {
  const current = argv.at(-1) ?? '';
  const before = argv.slice(0, -1).filter((arg) => arg.includes('='));
  const propose = (typed: readonly string[]) => {
    const overrides = gatherOverrides({ args: typed });
    const { root } = new Resolution(registry, findExperiment(registry, experiment), overrides);
    return completeSetting(root, registry, current);
  };
  // If the preceding settings are invalid, completes without them.
  return ignoreUserErrors(() => propose(before)) ?? ignoreUserErrors(() => propose([])) ?? [];
}

/** The settings of a run that can be changed during the run. */
function dynamicSettings(run: string, context: CommandContext): string[] {
  const found = ignoreUserErrors(() => {
    const record = readRecord(findRun(context.runs, run));
    const experiment = findExperiment(context.registry, record.experiment);
    return new Resolution(context.registry, experiment, recordedOverrides(record)).dynamic.keys;
  });
  return (found ?? []).map((key) => `${key}=`);
}

function ignoreUserErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const PROGRAM = `'${process.execPath}' '${join(__dirname, 'exp.js')}'`;

/** Completion scripts for `exp`, by shell. */
export const SCRIPTS = {
  bash: `# Completion of exp in bash: source <(exp completion bash)
_exp_completions() {
  # Bash splits words at = and :, and exp does not: split the line again.
  local line="\${COMP_LINE:0:COMP_POINT}" words current found
  IFS=' ' read -r -a words <<< "$line"
  [[ "$line" == *' ' ]] && words+=('')
  current="\${words[\${#words[@]}-1]}"
  found="$(SHELL=bash ${PROGRAM} --get-yargs-completions "\${words[@]}" 2>/dev/null)"
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$found" -- "$current"))
  # A key still needs its value: add no space.
  [[ "\${COMPREPLY[*]}" == *= ]] && compopt -o nospace 2>/dev/null
  # Remove the part up to the last = or :, which bash has already.
  if [[ "$current" == *[=:]* && "$COMP_WORDBREAKS" == *=* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*[=:]}"}"}")
  fi
}
complete -o default -F _exp_completions exp
`,
  zsh: `#compdef exp
# Completion of exp in zsh: source <(exp completion zsh)
_exp_completions() {
  local -a found keys
  found=(\${(f)"$(SHELL=bash ${PROGRAM} --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)"})
  keys=(\${(M)found:#*=})
  found=(\${found:#*=})
  (( $#found )) && compadd -- $found
  # A key still needs its value: add no space.
  (( $#keys )) && compadd -S '' -- $keys
  (( $#found + $#keys )) || _files
}
compdef _exp_completions exp
`,
} as const;
