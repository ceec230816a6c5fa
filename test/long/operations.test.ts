import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { OPERATIONS } from '../support/operations';
import { documentOf } from '../support/operations/document';
import { type Finding, measure } from '../support/operations/measure';
import { refusalOf } from '../support/operations/refusal';
import { REFUSED, type Refused } from '../support/operations/refused';
import { withTensorFlow } from '../support/tensorflow';

const DOCUMENT = join(__dirname, '../../docs/operations.md');

describe('the operations of TensorFlow.js', () => {
  withTensorFlow();

  const findings: [heading: string, findings: Finding[]][] = [];
  const refusals: [refused: Refused, error: string][] = [];

  for (const [heading, operations] of Object.entries(OPERATIONS)) {
    it(`have the same values in a graph, and right gradients: ${heading}`, async () => {
      const found: Finding[] = [];
      for (const operation of operations) found.push(await measure(operation));
      findings.push([heading, found]);
      expect(found.filter(({ forward, gradient }) => (forward + gradient).includes('wrong'))).to.deep.equal([]);
    });
  }

  for (const refused of REFUSED) {
    it(`are refused in a compiled step: ${refused.name}`, async () => {
      refusals.push([refused, await refusalOf(refused)]);
    });
  }

  it('are documented as found', () => {
    const document = documentOf(findings, refusals);
    if (process.env['UPDATE_DOCS']) writeFileSync(DOCUMENT, document);
    expect(readFileSync(DOCUMENT, 'utf8')).to.equal(document);
  });
});
