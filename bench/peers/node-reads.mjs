// What Node takes to read and do nothing: the floor of every program in JavaScript. Argument: FILE|-.
import { openSync, readSync } from 'node:fs';

const [path] = process.argv.slice(2);
const bytes = new Uint8Array(256 * 1024);
const fd = path === '-' ? 0 : openSync(path, 'r');
while (readSync(fd, bytes, 0, bytes.length, null) > 0);
