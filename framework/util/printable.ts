/**
 * C0 but \n and \t, DEL and C1, with which text could move the cursor, clear the screen or set a title; and the marks that turn the
 * direction of text around, with which it could look like another.
 */
// eslint-disable-next-line no-control-regex -- Control characters are what this is about.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Text as a terminal may have it: control characters stand as visible escapes, `\x1b` or `\u202e`, which JSON text keeps its meaning by. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    // JSON has no \x, and escapes all characters below a space by itself.
    return character < ' ' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
