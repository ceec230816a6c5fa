/** A count as it is read most easily: 9,912,422. */
export function thousands(count: number): string {
  return count.toLocaleString('en');
}
