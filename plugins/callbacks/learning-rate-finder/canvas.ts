import type { OverlayOptions } from 'sharp';

export type Color = readonly [red: number, green: number, blue: number];
export type Position = readonly [x: number, y: number];

/** Points per em of 14 pixels; about 8 of them are the width of a character. */
const [FONT, CHARACTER_WIDTH, LINE_HEIGHT] = ['sans 10', 8, 14];

/** An image with lines and labels. SVG would be simpler, but the decoder of files that others have made blocks it in the whole process. */
export class Canvas {
  private readonly rgb: Uint8Array;
  private readonly labels: OverlayOptions[] = [];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rgb = new Uint8Array(width * height * 3).fill(255);
  }

  /** Draws a line as squares along it. @param thickness in pixels */
  line([x0, y0]: Position, [x1, y1]: Position, color: Color, thickness = 1): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    for (let step = 0; step <= steps; step++) {
      const t = step / steps;
      this.square([x0 + t * (x1 - x0), y0 + t * (y1 - y0)], color, thickness);
    }
  }

  square([x, y]: Position, color: Color, side: number): void {
    const [left, top] = [Math.round(x - side / 2), Math.round(y - side / 2)];
    for (let row = Math.max(0, top); row < Math.min(this.height, top + side); row++)
      for (let column = Math.max(0, left); column < Math.min(this.width, left + side); column++)
        this.rgb.set(color, (row * this.width + column) * 3);
  }

  /** Writes a label around a position, kept within the image. */
  label(text: string, [x, y]: Position): void {
    const width = text.length * CHARACTER_WIDTH;
    const left = Math.round(Math.min(Math.max(2, x - width / 2), this.width - width - 2));
    const top = Math.round(Math.min(Math.max(2, y - LINE_HEIGHT / 2), this.height - LINE_HEIGHT - 2));
    this.labels.push({ input: { text: { text, font: FONT, dpi: 96, rgba: true } }, left, top });
  }

  async png(): Promise<Buffer> {
    // Loaded here, so that the list of options need not wait for it.
    const { default: sharp } = await import('sharp');
    const raw = { width: this.width, height: this.height, channels: 3 } as const;
    return sharp(this.rgb, { raw }).composite(this.labels).png().toBuffer();
  }
}
