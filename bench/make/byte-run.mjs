/** Bytes that are put one after the other into a buffer. Who writes into `buffer` by hand moves `at` on. */
export class ByteRun {
  buffer;
  /** Where the next byte goes. */
  at = 0;

  constructor(capacity) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  bytes(bytes) {
    for (let i = 0; i < bytes.length; i++) this.buffer[this.at++] = bytes[i];
  }

  text(text) {
    this.at += this.buffer.write(text, this.at);
  }

  /** A whole number from 0 to 2^31 - 1, in decimal digits. */
  digits(value) {
    let width = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) width++;
    let rest = value;
    for (let place = this.at + width - 1; place >= this.at; place--) {
      const tens = (rest / 10) | 0;
      this.buffer[place] = 48 + rest - tens * 10;
      rest = tens;
    }
    this.at += width;
  }
}
