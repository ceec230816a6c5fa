import { crc32, deflateSync } from 'node:zlib';

/** A whole PNG of black and white of so many pixels a side, which takes next to no space on the disk. */
export function hugePNG(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit for a pixel.
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 1 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

/** A JPEG that says in its header that it has so many pixels a side. */
export function swollenJPEG(jpeg: Uint8Array, side: number): Buffer {
  const swollen = Buffer.from(jpeg);
  // Start of frame: marker, length, bits, height, width.
  const frame = swollen.indexOf(Buffer.from('ffc0', 'hex'));
  swollen.writeUInt16BE(side, frame + 5);
  swollen.writeUInt16BE(side, frame + 7);
  return swollen;
}
