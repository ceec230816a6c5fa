import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { download, type RemoteFile } from '../../../framework/data/download';
import { progressLines } from '../../../framework/data/download-progress';
import { resolveRedirect } from '../../../framework/data/http';
import { UserError } from '../../../framework/errors';
import { fileServer } from '../../support/file-server';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';

describe('download', () => {
  const folder = temporaryFolder();
  const server = fileServer();
  const content = Buffer.alloc(100_000, 'some data ');
  const file: RemoteFile = {
    name: 'some.gz',
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };

  const fetched = (...mirrors: string[]): Promise<string> =>
    download(
      file,
      mirrors.map((mirror) => server.address(mirror)),
      folder(),
      { idleSeconds: 0.7 },
    );

  async function refusal(...mirrors: string[]): Promise<string> {
    const error = await rejection(fetched(...mirrors));
    expect(error).to.be.an.instanceOf(UserError);
    expect(readdirSync(folder())).to.deep.equal([]);
    return (error as UserError).text.replaceAll(server.address(''), 'SERVER');
  }

  it('saves the file under its name', async () => {
    server.answer('/a/some.gz', content);
    expect(await fetched('/a/')).to.equal(join(folder(), 'some.gz'));
    expect(readdirSync(folder())).to.deep.equal(['some.gz']);
    expect(readFileSync(join(folder(), 'some.gz')).equals(content)).to.equal(true);
  });

  it('creates the folder, and accepts a mirror without a trailing slash', async () => {
    server.answer('/a/some.gz', content);
    const path = await download(file, [server.address('/a')], join(folder(), 'deep/er'));
    expect(path).to.equal(join(folder(), 'deep/er/some.gz'));
  });

  it('reports its progress', async () => {
    server.answer('/a/some.gz', content);
    const output: number[] = [];
    await download(file, [server.address('/a/')], folder(), { onProgress: (received) => output.push(received) });
    expect(output.at(-1)).to.equal(content.length);
    expect(output).to.deep.equal(output.toSorted((a, b) => a - b));
  });

  it('prints its progress and speed every 15 seconds', () => {
    const said: string[] = [];
    let now = 100;
    const tell = progressLines(
      (line) => said.push(line),
      () => now,
    );
    for (const [seconds, received] of [
      [0, 10],
      [14.9, 20_000],
      [15, 30_000],
      [29, 40_000],
      [35, 90_000],
    ] as const) {
      now = 100 + seconds;
      tell(received, file);
    }
    expect(said).to.deep.equal([
      'some.gz: 30,000 of 100,000 bytes, 2,000 bytes/s',
      'some.gz: 90,000 of 100,000 bytes, 3,000 bytes/s',
    ]);
  });

  it('follows a redirection', async () => {
    server.answer('/a/some.gz', (_, response) => response.writeHead(302, { location: '/b/other' }).end());
    server.answer('/b/other', content);
    await fetched('/a/');
    expect(server.asked).to.deep.equal(['/a/some.gz', '/b/other']);
  });

  it('limits the number of redirections', async () => {
    server.answer('/a/some.gz', (_, response) => response.writeHead(302, { location: '/a/some.gz' }).end());
    expect(await refusal('/a/')).to.include('SERVER/a/ redirects more than 5 times.');
  });

  it('does not follow a redirection from HTTPS to HTTP', () => {
    const secure = new URL('https://example.org/a/some.gz');
    expect(() => resolveRedirect(secure, 'http://example.org/some.gz')).to.throw('not encrypted');
    expect(resolveRedirect(secure, '/b').href).to.equal('https://example.org/b');
  });

  const faults: Record<string, [(content: Buffer) => Parameters<typeof server.answer>[1], string]> = {
    'says that there is none': [() => (_, response) => response.writeHead(404).end(), 'answered 404 Not Found.'],
    'sends a web page': [
      () => (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>'),
      'answered with a web page.',
    ],
    'sends less': [(all) => all.subarray(0, 60_000), 'sent 60,000 of 100,000 bytes.'],
    'sends more': [(all) => Buffer.concat([all, all]), 'sent more than the 100,000 bytes of the file.'],
    'sends another file': [(all) => Buffer.alloc(all.length), 'sent a different file: SHA-256 mismatch.'],
    'cuts the connection midway': [
      (all) => (_, response) => {
        response.writeHead(200, { 'content-length': all.length });
        response.write(all.subarray(0, 60_000), () => response.destroy());
      },
      'is unreachable, or the connection broke: other side closed.',
    ],
    'never answers': [() => () => undefined, 'sent nothing for 0.7 s.'],
    'stops in the middle': [
      (all) => (_, response) => void response.write(all.subarray(0, 60_000)),
      'sent nothing for 0.7 s.',
    ],
    'sends a byte now and then': [
      (all) => (_, response) => {
        const timer = setInterval(() => response.write(all.subarray(0, 1)), 50);
        response.on('close', () => clearInterval(timer));
      },
      'sent less than 1000 bytes/s for 0.7 s.',
    ],
  };

  for (const [fault, [answer, reason]] of Object.entries(faults)) {
    it(`continues with the next mirror when one ${fault}`, async () => {
      server.answer('/a/some.gz', answer(content));
      server.answer('/b/some.gz', content);
      await fetched('/a/', '/b/');
      expect(readdirSync(folder())).to.deep.equal(['some.gz']);
      expect(server.asked).to.deep.equal(['/a/some.gz', '/b/some.gz']);
    });

    it(`leaves nothing and reports the reason when the only mirror ${fault}`, async () => {
      server.answer('/a/some.gz', answer(content));
      expect(await refusal('/a/')).to.include(`SERVER/a/ ${reason}`);
    });
  }

  it('succeeds when it is retried after a lost connection', async () => {
    server.answer('/a/some.gz', (_, response) => response.write(content.subarray(0, 10), () => response.destroy()));
    await refusal('/a/');
    server.answer('/a/some.gz', content);
    await fetched('/a/');
    expect(readFileSync(join(folder(), 'some.gz')).equals(content)).to.equal(true);
  });

  it('ignores the leftovers of a killed download', async () => {
    writeFileSync(join(folder(), 'some.gz.0123abcd.part'), content.subarray(0, 500));
    server.answer('/a/some.gz', content);
    expect(readFileSync(await fetched('/a/')).equals(content)).to.equal(true);
  });

  it('lists every mirror with its reason, and explains how to download by hand', async () => {
    server.answer('/b/some.gz', Buffer.alloc(3));
    expect(await refusal('/a/', '/b/')).to.equal(
      [
        'some.gz could not be downloaded.',
        '  SERVER/a/ answered 404 Not Found.',
        '  SERVER/b/ sent 3 of 100,000 bytes.',
        `  Manual download (100,000 bytes): curl --location --create-dirs --output ${join(folder(), 'some.gz')} SERVER/a/some.gz`,
      ].join('\n'),
    );
  });

  it('names a mirror that is unreachable, or is not a URL', async () => {
    const port = new URL(server.address()).port;
    await server.stop();
    const error = (await rejection(download(file, [`http://127.0.0.1:${port}/`, 'nonsense'], folder()))) as UserError;
    expect(error.hints[0]).to.match(/is unreachable, or the connection broke: .*ECONNREFUSED/);
    expect(error.hints[1]).to.equal('nonsense is not a valid URL.');
    await server.start();
  });

  it('reports a folder that cannot be created', async () => {
    writeFileSync(join(folder(), 'file'), '');
    const error = await rejection(download(file, [server.address('/a/')], join(folder(), 'file/below')));
    expect((error as UserError).message).to.match(/^Cannot create the folder .*file\/below/);
  });
});
