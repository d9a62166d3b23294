// `node scripts/picture-report.mjs`: runs the live report in a real terminal (tmux) and draws what it shows into
// docs/live-report.svg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUTPUT = fileURLToPath(new URL('../docs/live-report.svg', import.meta.url));
const FRESHET = fileURLToPath(new URL('../bin/freshet.js', import.meta.url));
const SIZE = { columns: 104, rows: 30 };
const CHARACTER = { width: 8.4, height: 18 };
const MARGIN = 18;
const BACK = '#16181d';
const TEXT = '#cdd3de';
const DIM = '#8b93a3';
/** The colours that the report uses, by their SGR numbers. */
const COLORS = { 31: '#ff6b6b', 32: '#7bd88f', 33: '#ffd866', 36: '#78dce8' };

/** Three nodes whose temperatures wander; each tells it three times a minute, of which the last hour is there at once. */
const RECORDS = `
let at = Date.parse('2017-08-01T06:00:00Z');
const nodes = { boiler: 62, cellar: 14.2, roof: 27.5 };
process.stdout.on('error', () => process.exit());
const step = () => {
  for (const [phase, name] of Object.keys(nodes).entries()) {
    nodes[name] += Math.sin(at / 4e5 + 2 * phase) * 0.3 + Math.sin(at / 1.3e5 + phase) * 0.3;
    console.log(JSON.stringify({ node_name: name, temperature: Number(nodes[name].toFixed(2)), timestamp: new Date(at).toISOString() }));
  }
  at += 20000;
};
for (let one = 0; one < 200; one++) step();
setInterval(step, 700);
`;

/** Its table is shown beside the windows, and what it saw at the bottom. */
const MONITOR =
  "freshet monitor ratio --schema sensor --size 5m --by node_name --bad 'temperature > 30' --max 0.8 --to sqlite:watch.db";

const folder = mkdtempSync(join(tmpdir(), 'freshet-picture-'));
const tmux = (...args) => execFileSync('tmux', ['-S', join(folder, 'socket'), ...args], { encoding: 'utf8' });
try {
  writeFileSync(join(folder, 'freshet'), `#!/bin/sh\nexec '${process.execPath}' '${FRESHET}' "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'records.mjs'), RECORDS);
  const pipeline = [
    `cd '${folder}'`,
    `PATH='${folder}':"$PATH"`,
    'freshet produce yt --days 30 | freshet aggregate daily --to sqlite:yt.db',
    `${MONITOR} < /dev/null`,
    `'${process.execPath}' records.mjs | ${MONITOR} --pass 2> told \
| freshet aggregate window --schema sensor --size 60s --every 200ms --by node_name \
--select 'avg(temperature) as temperature, max(temperature) as hottest' | freshet report - sqlite:watch.db#sensor_ratio sqlite:yt.db`,
  ].join('; ');
  const size = ['-x', String(SIZE.columns), '-y', String(SIZE.rows)];
  tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'picture', ...size, pipeline);
  await shows('boiler');
  await new Promise((resolve) => setTimeout(resolve, 8000));
  for (const key of ['j', 'Enter', 'g']) tmux('send-keys', '-t', 'picture', key);
  await shows('●');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  writeFileSync(OUTPUT, svgOf(tmux('capture-pane', '-e', '-N', '-p', '-t', 'picture').replace(/\n$/, '').split('\n')));
  console.log(`the live report is drawn in ${OUTPUT}`);
} finally {
  tmux('kill-server');
  rmSync(folder, { recursive: true, force: true });
}

async function shows(text) {
  for (let tries = 0; tries < 300; tries++) {
    if (tmux('capture-pane', '-p', '-t', 'picture').includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the report never showed ${text}:\n${tmux('capture-pane', '-p', '-t', 'picture')}`);
}

function svgOf(lines) {
  const width = Math.ceil(SIZE.columns * CHARACTER.width + 2 * MARGIN);
  const height = Math.ceil(SIZE.rows * CHARACTER.height + 2 * MARGIN);
  let style = {};
  const drawn = lines.map((line, row) => {
    const { pieces, left } = piecesOf(line, style);
    style = left;
    return svgLine(pieces, row);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The live report in a terminal">
<rect width="100%" height="100%" rx="8" fill="${BACK}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${drawn.filter(Boolean).join('\n')}
</g>
</svg>
`;
}

/** A line's texts, each with the style that it is painted in; and the style that the next line begins with. */
function piecesOf(line, begun) {
  const pieces = [];
  let style = begun;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what styles begin with
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b')) style = part.slice(2, -1).split(';').map(Number).reduce(styled, style);
    else if (part !== '') pieces.push({ text: part, style });
  }
  return { pieces, left: style };
}

/** What a number of SGR makes of a style (ECMA-48). */
function styled(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 7) return { ...style, inverse: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 27) return { ...style, inverse: false };
  if (code === 39) return { ...style, color: undefined };
  return code in COLORS ? { ...style, color: COLORS[code] } : style;
}

/** Every character has a place of its own, so that tables stand straight in any font. */
function svgLine(pieces, row) {
  let column = 0;
  const top = MARGIN + row * CHARACTER.height;
  const shapes = pieces.flatMap(({ text, style }) => {
    const begin = column;
    const places = [...text].map(() => Number((MARGIN + column++ * CHARACTER.width).toFixed(1)));
    const front = style.color ?? (style.dim ? DIM : TEXT);
    const wide = ((column - begin) * CHARACTER.width).toFixed(1);
    const back = `<rect x="${places[0]}" y="${top}" width="${wide}" height="${CHARACTER.height}" fill="${front}"/>`;
    if (text.trim() === '') return style.inverse ? [back] : [];
    const weight = style.bold ? ' font-weight="bold"' : '';
    const y = (top + 0.75 * CHARACTER.height).toFixed(1);
    const fill = style.inverse ? BACK : front;
    return [
      ...(style.inverse ? [back] : []),
      `<text x="${places.join(' ')}" y="${y}" fill="${fill}"${weight}>${escapeXml(text)}</text>`,
    ];
  });
  return shapes.join('');
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
