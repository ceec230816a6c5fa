import { distance } from 'fastest-levenshtein';

/** The most likely candidate for a mistyped word; undefined if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  // Up to a third of the word may be wrong; beyond that a suggestion confuses more than it helps.
  return best && best.edits <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** A hint for an error about an unknown name: the nearest valid one, and all of them if they are few. */
export function didYouMean(word: string, candidates: readonly string[], heading: string): string {
  const near = nearest(word, candidates);
  const all = candidates.length <= 30 ? `${heading}: ${[...candidates].sort().join(', ') || 'none'}.` : '';
  return [near === undefined ? '' : `Did you mean ${near}?`, all].filter(Boolean).join(' ');
}
