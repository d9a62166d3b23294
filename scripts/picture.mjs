// `npm run picture`: runs the demo and draws what a terminal shows of it into docs/demo.svg.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStep, STEPS } from './demo.mjs';

const OUTPUT = fileURLToPath(new URL('../docs/demo.svg', import.meta.url));
const CHARACTER = { width: 8.4, height: 17 };
const MARGIN = 20;
const COLORS = { back: '#16181d', comment: '#8b93a3', prompt: '#7bd88f', command: '#f2f4f8', output: '#cdd3de' };

const folder = mkdtempSync(join(tmpdir(), 'freshet-picture-'));
try {
  const lines = STEPS.flatMap((step) => linesOf(step, runStep(step, folder, 'pipe'))).slice(0, -1);
  mkdirSync(fileURLToPath(new URL('../docs', import.meta.url)), { recursive: true });
  writeFileSync(OUTPUT, svgOf(lines));
  console.log(`${lines.length} lines are drawn in ${OUTPUT}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What the terminal shows of a step: each line as pieces of one colour. */
function linesOf({ says, command }, { stdout, stderr, status }) {
  if (status !== 0) throw new Error(`the demo failed: ${stderr}`);
  const [first, ...more] = command.split('\n');
  return [
    ...(says === undefined ? [] : [[{ color: COLORS.comment, text: `# ${says}` }]]),
    [
      { color: COLORS.prompt, text: '$ ' },
      { color: COLORS.command, text: first },
    ],
    ...more.map((text) => [{ color: COLORS.command, text }]),
    ...textLines(stderr + stdout).map((text) => [{ color: COLORS.output, text }]),
    [],
  ];
}

function textLines(text) {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function svgOf(lines) {
  const longest = Math.max(...lines.map((pieces) => lengthOf(pieces)));
  const width = Math.ceil(longest * CHARACTER.width + 2 * MARGIN);
  const height = Math.ceil(lines.length * CHARACTER.height + 2 * MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo in a terminal">
<rect width="100%" height="100%" rx="8" fill="${COLORS.back}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${lines.map(svgLine).filter(Boolean).join('\n')}
</g>
</svg>
`;
}

/** Every character has a place of its own, so that tables stand straight in any font. */
function svgLine(pieces, row) {
  const y = (MARGIN + (row + 0.75) * CHARACTER.height).toFixed(1);
  let column = 0;
  const spans = pieces.map(({ color, text }) => {
    const places = [...text].map(() => Number((MARGIN + column++ * CHARACTER.width).toFixed(1)));
    return `<tspan x="${places.join(' ')}" fill="${color}">${escapeXml(text)}</tspan>`;
  });
  return spans.length === 0 ? '' : `<text y="${y}">${spans.join('')}</text>`;
}

function lengthOf(pieces) {
  return pieces.reduce((sum, { text }) => sum + [...text].length, 0);
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
