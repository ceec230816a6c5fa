import { expect } from 'chai';
import { fileArtifact, imageArtifact } from '../../../framework/artifacts/artifact';
import { audioArtifact, wavArtifact } from '../../../framework/artifacts/audio';
import { artifactFromFile } from '../../../framework/artifacts/from-file';
import { histogramArtifact } from '../../../framework/artifacts/histogram';
import { parseTable, tableArtifact } from '../../../framework/artifacts/table';

/** One red pixel, by Python's zlib and struct. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

describe('a histogram', () => {
  const binsOf = (values: number[], count: number) =>
    histogramArtifact(values, count).bins.map(({ from, to, count }) => [from, to, count]);

  it("has numpy.histogram's edges and counts", () => {
    // np.histogram([-1, 0, 0.25, 0.5, 3], 4); np.histogram([2, 2], 2)
    expect(binsOf([-1, 0, 0.25, 0.5, 3], 4)).to.deep.equal([
      [-1, 0, 1],
      [0, 1, 3],
      [1, 2, 0],
      [2, 3, 1],
    ]);
    expect(binsOf([2, 2], 2)).to.deep.equal([
      [1.5, 2, 0],
      [2, 2.5, 2],
    ]);
  });

  it('is saved as CSV', () => {
    expect(histogramArtifact(Float32Array.of(0, 1, 4), 2).content).to.equal('from,to,count\n0,2,2\n2,4,1\n');
  });

  it('is refused without values, of values that are not finite, or without bins', () => {
    expect(() => histogramArtifact([])).to.throw('A histogram of no values: expected at least one.');
    expect(() => histogramArtifact([1, NaN])).to.throw('A histogram of NaN: expected finite numbers.');
    expect(() => histogramArtifact([1], 0)).to.throw('A histogram of 0 bins: expected a positive integer.');
  });
});

describe('audio', () => {
  it('is refused with samples outside [-1, 1] or not finite, and with impossible numbers', () => {
    expect(() => audioArtifact([0, 1.5], 8000)).to.throw('Audio sample 1 is 1.5: expected a number in [-1, 1].');
    expect(() => audioArtifact([NaN], 8000)).to.throw('Audio sample 0 is NaN: expected a number in [-1, 1].');
    expect(() => audioArtifact([], 8000)).to.throw('Audio without samples: expected at least one.');
    expect(() => audioArtifact([0, 0, 0], 8000, 2)).to.throw(
      'Audio of 3 samples: expected a multiple of its 2 channels.',
    );
    expect(() => audioArtifact([0], 44.1)).to.throw(
      'Invalid sample rate of audio: expected an integer from 1 to 4294967295, got 44.1.',
    );
  });

  it('of a WAV file has the numbers of its header, whatever other chunks it has', () => {
    const { content } = audioArtifact([0, 1, -1, 0.5], 8000, 2);
    const other = Buffer.concat([content.subarray(0, 36), Buffer.from('LIST\x03\0\0\0abc\0'), content.subarray(36)]);
    expect(wavArtifact(other)).to.include({ sampleRate: 8000, channels: 2, frames: 2 });
    expect(() => wavArtifact(Buffer.from('RIFF'))).to.throw('Invalid WAV: expected a format and data.');
  });
});

describe('a table', () => {
  it('is saved as CSV, and read from it', () => {
    const { content } = tableArtifact(
      ['name', 'n'],
      [
        ['a,"b"\nc', 1.5],
        ['', NaN],
      ],
    );
    expect(content).to.equal('name,n\n"a,""b""\nc",1.5\n,NaN\n');
    expect(parseTable(content)).to.deep.include({
      columns: ['name', 'n'],
      rows: [
        ['a,"b"\nc', '1.5'],
        ['', 'NaN'],
      ],
    });
  });

  it('is refused without columns, or with rows of another length', () => {
    expect(() => tableArtifact([], [])).to.throw('A table has no columns.');
    expect(() => parseTable('a,b\n1,2\n3\n')).to.throw(
      'Row 2 of a table has 1 cells: expected 2, one for each column.',
    );
  });
});

describe('an artifact of a file', () => {
  it('has the type of its extension', () => {
    const wav = audioArtifact([0], 8000).content;
    const files = { '.png': PNG, '.txt': 'a', '.md': 'a', '.csv': 'a\n1\n', '.wav': wav, '.webp': 'a', '.tar.gz': 'a' };
    expect(
      Object.entries(files).map(([extension, content]) => artifactFromFile(extension, content).type),
    ).to.deep.equal(['image', 'text', 'text', 'table', 'audio', 'file', 'file']);
  });

  it('has the size of a PNG', () => {
    expect(imageArtifact(PNG)).to.include({ width: 1, height: 1 });
    expect(() => imageArtifact(Buffer.alloc(30))).to.throw('Invalid PNG: no PNG header.');
  });

  it('is refused with an extension that could leave its folder', () => {
    for (const extension of ['', 'svg', '/../x', '.', '.a/b', `.${'x'.repeat(90)}`])
      expect(() => fileArtifact(extension, ''), extension).to.throw('Invalid file extension');
  });
});
