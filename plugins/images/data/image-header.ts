/** What the header of an image file says, if it is one of the usual kind. */
export interface PlainHeader {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the header of a JPEG or PNG whose bytes are sRGB colours as they stand: 8 bits, three channels, upright, without a colour profile
 * or signs of damage.
 * @param bytes of the whole file
 * @returns undefined for every other image, and where the file is cut off
 */
export function plainHeader(bytes: Buffer): PlainHeader | undefined {
  if (bytes.length < 64) return undefined;
  if (bytes.readUInt16BE(0) === JPEG_START)
    return bytes.readUInt16BE(bytes.length - 2) === JPEG_END ? readJPEG(bytes) : undefined;
  return bytes.subarray(0, PNG_START.length).equals(PNG_START) ? readPNG(bytes) : undefined;
}

const JPEG_START = 0xffd8;
const JPEG_END = 0xffd9;

/** Markers of baseline, extended and progressive frames with Huffman codes (ITU T.81, table B.1). */
const FRAMES = [0xffc0, 0xffc1, 0xffc2];
const SCAN = 0xffda;
const SCAN_START = Buffer.from([0xff, 0xda]);
const EXIF = 0xffe1;
const PROFILE = 0xffe2;
const ADOBE = 0xffee;

/** Second bytes of markers in the scans of a JPEG: a stuffed zero, restarts, tables, a further scan and the end. */
const IN_SCANS = new Set([
  0x00,
  0xc4,
  0xd9,
  0xda,
  0xdb,
  0xdd,
  ...Array.from({ length: 8 }, (_, index) => 0xd0 + index),
]);

/** A sector that was never written has more zeros than this; flat pictures may have as many. */
const HOLE = Buffer.alloc(32);

/** Whether libvips may warn of damage, which the faster decoder passes over. */
function mayBeDamaged(bytes: Buffer): boolean {
  if (bytes.includes(HOLE)) return true;
  for (let at = bytes.indexOf(SCAN_START); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 2))
    if (!IN_SCANS.has(bytes[at + 1] ?? 0)) return true;
  return false;
}

/** The segments of a JPEG up to its first scan. */
function* segments(bytes: Buffer): Generator<{ marker: number; content: Buffer }> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    if (marker < 0xffc0 || marker === SCAN || length < 2) return;
    yield { marker, content: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

function readJPEG(bytes: Buffer): PlainHeader | undefined {
  let header: PlainHeader | undefined;
  for (const { marker, content } of segments(bytes)) {
    // The orientation is in Exif, the colour space in the others.
    if ([EXIF, PROFILE, ADOBE].includes(marker)) return undefined;
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffcc].includes(marker)) {
      if (!FRAMES.includes(marker) || content.length < 6 || content[0] !== 8 || content[5] !== 3) return undefined;
      header = { height: content.readUInt16BE(1), width: content.readUInt16BE(3) };
    }
  }
  return mayBeDamaged(bytes) ? undefined : header;
}

const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUECOLOR = 2;

function readPNG(bytes: Buffer): PlainHeader | undefined {
  const [width, height, depth, color] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]];
  if (depth !== 8 || color !== TRUECOLOR) return undefined;
  // Before the pixels stand a colour profile, one colour that is transparent, and Exif with the orientation, if any.
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') return { width, height };
    if (['iCCP', 'tRNS', 'eXIf', 'gAMA', 'cHRM'].includes(type)) return undefined;
  }
  return undefined;
}
