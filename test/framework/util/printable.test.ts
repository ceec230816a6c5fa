import { expect } from 'chai';
import { printable } from '../../../framework/util/printable';

describe('printable text', () => {
  it('has C0, DEL, C1 and bidirectional controls as escapes, and everything else unchanged', () => {
    expect(printable('\x1b]0;t\x07\x00\r')).to.equal('\\x1b]0;t\\x07\\x00\\x0d');
    expect(printable('\x7f\x80\x9b\x9f\u202a\u202e\u2066\u2069')).to.equal(
      '\\u007f\\u0080\\u009b\\u009f\\u202a\\u202e\\u2066\\u2069',
    );
    const plain = 'a\tb\nc é 数 🙂 \u00a0\u200d\u202f';
    expect(printable(plain)).to.equal(plain);
  });

  it('of JSON is JSON of the same value', () => {
    const value = { 'k\x9b': '\x1b[2J\x7f\u202e\n' };
    expect(JSON.parse(printable(JSON.stringify(value)))).to.deep.equal(value);
  });
});
