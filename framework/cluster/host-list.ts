/** The hosts of Slurm's short form: `gpu[08-10],login` are gpu08, gpu09, gpu10 and login. */
export function hostsIn(text: string): string[] {
  return text.split(/,(?![^[]*\])/).flatMap(expanded);
}

/** The first bracket is spelled out, and then whatever brackets are left. */
function expanded(text: string): string[] {
  const [, before, ranges, after] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(text) ?? [];
  if (before === undefined || ranges === undefined || after === undefined) return text === '' ? [] : [text];
  return ranges.split(',').flatMap((range) => numbersOf(range).flatMap((number) => expanded(before + number + after)));
}

function numbersOf(range: string): string[] {
  const [first = '', last = first] = range.split('-');
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => String(Number(first) + index).padStart(first.length, '0'));
}

/** The tasks of each node in Slurm's short form: `4(x2),1` are 4, 4 and 1. */
export function tasksPerNode(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, tasks, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    return Array.from({ length: Number(times) }, () => Number(tasks));
  });
}
