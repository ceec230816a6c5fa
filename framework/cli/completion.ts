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
import { type Lab, openLab } from './lab';
import { trustedPluginRoots } from './plugin-roots';

/** What the first word after a command is, by the command's form: `explain <experiment> [settings..]`. */
export type CommandForms = readonly string[];

/**
 * What the last word of a command line may go on as: experiments, settings, options, runs.
 * @param argv from the command's name on; the last is begun, and may be empty
 * @returns nothing where the words are for yargs to complete: commands, and their own options
 */
export function complete([name, ...argv]: readonly string[], forms: CommandForms): string[] | undefined {
  const form = forms.find((each) => each.split(' ')[0] === name);
  const [previous = '', current] = argv.length === 1 ? ['', ...argv] : argv.slice(-2);
  if (form === undefined || current === undefined || current.startsWith('-')) return undefined;
  // What an option takes: a file, for the shell to complete, or what yargs knows.
  if (previous === '--config') return [];
  if (previous.startsWith('--') && previous !== '--set') return undefined;
  // A TAB runs no code of another user.
  const lab = openLab(true, trustedPluginRoots());
  const plain = argv.filter((word) => !word.startsWith('-'));
  const takesFile = form.includes(' <file> ');
  // A file is for the shell to complete.
  if (takesFile && plain.length === 1) return [];
  const [first = '', ...others] = takesFile ? plain.slice(1) : plain;
  const begins = (candidates: readonly string[]) => candidates.filter((each) => each.startsWith(current));
  const isFirst = others.length === 0;
  if (name === 'runs') return isFirst ? undefined : begins(first === 'restore' ? removed(lab) : runs(lab));
  if (/[<[]experiment[>\]]/.test(form))
    return isFirst ? somethingOf(begins(experiments(lab))) : settings(first, others, lab);
  if (form.includes('<run>')) return isFirst ? begins(runs(lab)) : begins(dynamicSettings(first, lab));
  return form.includes('[name]') ? begins(everyName(lab)) : undefined;
}

/** Where there is no such experiment, yargs may know a command of that name. */
const somethingOf = (found: string[]) => (found.length === 0 ? undefined : found);

const experiments = ({ registry }: Lab) => registry.optionsOf(Experiment).map(({ name }) => name);

const runs = (lab: Lab) => ['latest', ...allRuns(lab.runs).map(({ id }) => id)];

const removed = (lab: Lab) => ['latest', ...allRuns(trashOf(lab.runs)).map(({ id }) => id)];

function everyName({ registry }: Lab): string[] {
  return registry.kinds.flatMap((kind) => [kind.name, ...registry.optionsOf(kind).map((option) => option.name)]);
}

function settings(experiment: string, argv: readonly string[], { registry }: Lab): string[] {
  const current = argv.at(-1) ?? '';
  const before = argv.slice(0, -1).filter((word) => word.includes('='));
  const propose = (typed: readonly string[]) => {
    const overrides = gatherOverrides({ args: typed });
    const { root } = new Resolution(registry, findExperiment(registry, experiment), overrides);
    return completeSetting(root, registry, current);
  };
  // What was typed before may be wrong; then the settings are those that there are without it.
  return unlessWrong(() => propose(before)) ?? unlessWrong(() => propose([])) ?? [];
}

/** The settings of a run that can be changed while it goes on. */
function dynamicSettings(run: string, lab: Lab): string[] {
  const found = unlessWrong(() => {
    const record = readRecord(findRun(lab.runs, run));
    const experiment = findExperiment(lab.registry, record.experiment);
    return new Resolution(lab.registry, experiment, recordedOverrides(record)).dynamic.keys;
  });
  return (found ?? []).map((key) => `${key}=`);
}

function unlessWrong<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const PROGRAM = `'${process.execPath}' '${join(__dirname, 'exp.js')}'`;

/** The script by which a shell completes `exp`. */
export const SCRIPTS = {
  bash: `# Completion of exp in bash: source <(exp completion bash)
_exp_completions() {
  # Bash ends words at = and :, and exp does not: the line is parted anew.
  local line="\${COMP_LINE:0:COMP_POINT}" words current found
  IFS=' ' read -r -a words <<< "$line"
  [[ "$line" == *' ' ]] && words+=('')
  current="\${words[\${#words[@]}-1]}"
  found="$(SHELL=bash ${PROGRAM} --get-yargs-completions "\${words[@]}" 2>/dev/null)"
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$found" -- "$current"))
  # A key is yet to get its value.
  [[ "\${COMPREPLY[*]}" == *= ]] && compopt -o nospace 2>/dev/null
  # What stands before the last = or : is there already.
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
  # A key is yet to get its value.
  (( $#keys )) && compadd -S '' -- $keys
  (( $#found + $#keys )) || _files
}
compdef _exp_completions exp
`,
} as const;
