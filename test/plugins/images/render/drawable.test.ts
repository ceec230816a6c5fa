import { expect } from 'chai';
import sharp from 'sharp';
import { drawable } from '../../../../plugins/images/render/drawable';
import { imageGrid } from '../../../../plugins/images/render/image-grid';

describe('images as they are displayed', () => {
  it('are unchanged if they are greyscale or RGB', () => {
    const pixels = new Uint8Array(12);
    expect(drawable(pixels, [2, 2, 3])).to.deep.equal({ pixels, shape: [2, 2, 3] });
    expect(drawable(pixels, [2, 2, 1]).pixels).to.equal(pixels);
  });

  it('are shown as separate channels side by side if they have any other number of them', () => {
    // Two images of 2×2 pixels and two channels: the second channel is the first and 100.
    const image = [1, 101, 2, 102, 3, 103, 4, 104];
    const pixels = Uint8Array.from([...image, ...image.map((level) => level + 50)]);
    expect(drawable(pixels, [2, 2, 2])).to.deep.equal({
      pixels: Uint8Array.from([1, 2, 101, 102, 3, 4, 103, 104, 51, 52, 151, 152, 53, 54, 153, 154]),
      shape: [2, 4, 1],
    });
  });

  for (const channels of [2, 4, 5]) {
    it(`form an opaque grid with ${channels} channels`, async () => {
      const pixels = Uint8Array.from({ length: 64 * 64 * channels }, (_, index) => (index % channels) * 40);
      const { content: png, width, height } = await imageGrid(pixels, [64, 64, channels]);
      expect([width, height]).to.deep.equal([64 * channels, 64]);
      const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      const inMiddleOf = (channel: number) => data[(32 * width + channel * 64 + 32) * info.channels];
      const levels = Array.from({ length: channels }, (_, channel) => channel);
      expect(levels.map(inMiddleOf)).to.deep.equal(levels.map((channel) => channel * 40));
    });
  }
});
