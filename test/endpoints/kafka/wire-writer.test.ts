import { expect, it } from 'vitest';
import { WireReader } from '../../../src/endpoints/kafka/protocol/wire-reader.js';
import { WireWriter } from '../../../src/endpoints/kafka/protocol/wire-writer.js';

it('writes what is longer than its first buffer, whatever value the buffer ends in', () => {
  for (let lead = 480; lead <= 540; lead++) {
    const writer = new WireWriter();
    for (let at = 0; at < lead; at++) writer.int8(at & 0x7f);
    const bytes = Uint8Array.from({ length: 3000 }, (_, at) => at & 0xff);
    writer
      .int16(-2)
      .int32(70_000)
      .int64(-(2n ** 60n))
      .uvarint(300_000)
      .string('zwölf')
      .compactString('zwölf')
      .bytes(bytes);
    const reader = new WireReader(writer.done());
    for (let at = 0; at < lead; at++) expect(reader.int8()).toBe(at & 0x7f);
    expect([reader.int16(), reader.int32(), reader.int64(), reader.uvarint()]).toEqual([
      -2,
      70_000,
      -(2n ** 60n),
      300_000,
    ]);
    expect([reader.string(), reader.compactString()]).toEqual(['zwölf', 'zwölf']);
    expect(Uint8Array.from(reader.bytes())).toEqual(bytes);
  }
});
