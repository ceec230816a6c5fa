import { decodeImage } from '../../plugins/images/data/decode';
import { messageOf } from '../../framework/errors';

/** Decodes each file that is named, and tells as JSON what came of it and how many MiB of memory more the process took at most. */
void (async () => {
  const before = process.resourceUsage().maxRSS;
  const output: string[] = [];
  for (const file of process.argv.slice(2)) {
    const image = await decodeImage(file, { size: 8, crop: false }).catch(messageOf);
    output.push(typeof image === 'string' ? image : `${image.length} bytes`);
  }
  process.stdout.write(JSON.stringify({ output, grown: (process.resourceUsage().maxRSS - before) / 1024 }));
})();
