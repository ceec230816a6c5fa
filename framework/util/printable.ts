/**
 * C0 except \n and \t, DEL and C1, which could move the cursor, clear the screen or set a title; and bidirectional control characters,
 * which could disguise text.
 */
// eslint-disable-next-line no-control-regex -- Control characters are matched on purpose.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Makes text safe for a terminal: control characters become visible escapes, `\x1b` or `\u202e`, which keep the meaning of JSON. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    // JSON has no \x, but escapes all characters below a space itself.
    return character < ' ' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
