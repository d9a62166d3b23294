// `npm run reference`: writes docs/reference.md from the commands' own flags, and README.md's list of commands and
// table of the benchmark (bench/results.md). With --check it only says whether the files are what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const ROOT = new URL('..', import.meta.url);
/** A flag that says the same in so many commands is told once, for all of them. */
const SHARED_FROM = 5;

const read = (path) => (existsSync(new URL(path, ROOT)) ? readFileSync(new URL(path, ROOT), 'utf8') : '');
const { commands } = JSON.parse(read('oclif.manifest.json'));
const { oclif } = JSON.parse(read('package.json'));
const ids = Object.keys(commands).sort();
const shared = sharedFlags();
const wanted = { 'docs/reference.md': reference(), 'README.md': readme() };
const stale = Object.keys(wanted).filter((path) => read(path) !== wanted[path]);

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is not what the commands say: run npm run reference.`);
  if (stale.length > 0) process.exit(1);
  console.log(`docs/reference.md and README.md have what ${ids.length} commands say.`);
} else {
  mkdirSync(new URL('docs', ROOT), { recursive: true });
  for (const path of stale) writeFileSync(new URL(path, ROOT), wanted[path]);
  console.log(stale.length === 0 ? 'Nothing changes.' : `Written: ${stale.join(', ')}`);
}

function readme() {
  const list = `| command | |\n|---|---|\n${ids.map(rowOf).join('\n')}`;
  return between('bench', measured(), between('commands', list, read('README.md')));
}

function rowOf(id) {
  return `| [\`${wordsOf(id)}\`](docs/reference.md#${anchorOf(id)}) | ${commands[id].summary} |`;
}

/** A text with what stands between two comments replaced. */
function between(name, inner, text) {
  const [before, rest] = text.split(new RegExp(`(?<=^<!-- ${name}: .* -->$)`, 'm'));
  const end = rest?.indexOf(`<!-- end of ${name} -->`) ?? -1;
  if (end < 0) throw new Error(`README.md has no place for ${name}`);
  return `${before}\n\n${inner}\n\n${rest.slice(end)}`;
}

/** The figures of the main data set, and on what they were taken. */
function measured() {
  const [head, ...sections] = read('bench/results.md').split(/^(?=### )/m);
  if (sections.length === 0) return 'It has not been measured yet.';
  const [title] = sections[0].slice(4).split(/, from a/);
  const main = sections.filter((section) => section.startsWith(`### ${title}, from a `));
  const others = 'All sets and goals are in [bench/results.md](bench/results.md).';
  return [head.replace(/^# .*\n+/, '').trim(), ...main.map((section) => section.trim()), others].join('\n\n');
}

function reference() {
  const topics = [...new Set(ids.map((id) => id.split(':')[0]))];
  const contents = ids.map((id) => `- [\`${wordsOf(id)}\`](#${anchorOf(id)}): ${commands[id].summary}`);
  return [
    '# Reference',
    'Written from the commands by `npm run reference`. `freshet COMMAND --help` says the same.',
    contents.join('\n'),
    ...topics.flatMap((topic) => [
      `## ${headingOf(topic)}`,
      ...ids.filter((id) => id.split(':')[0] === topic).map(commandOf),
    ]),
    '## Flags that many commands share',
    ...[...groupedBy(shared.values(), groupOf)].flatMap(([group, flags]) => [
      `### ${capitalized(group)}`,
      tableOf(flags),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function headingOf(topic) {
  const described = oclif.topics?.[topic]?.description;
  return described === undefined ? capitalized(topic) : `${capitalized(topic)}: ${described}`;
}

function commandOf(id) {
  const { summary, description, args, flags, usage, examples = [] } = commands[id];
  const shown = shownOf(flags);
  const own = shown.filter((flag) => !isShared(flag));
  const others = shown.filter(isShared);
  const words = Object.values(args).map(({ name, required }) =>
    required ? ` ${name.toUpperCase()}` : ` [${name.toUpperCase()}]`,
  );
  return [
    `### ${wordsOf(id)}`,
    sentence(summary),
    ...(description === undefined ? [] : [description]),
    ...(examples.length === 0 ? [] : [examples.map(exampleOf).join('\n')]),
    ...(words.length === 0
      ? []
      : [`Usage: \`freshet ${usage ?? `${wordsOf(id)}${words.join('')} [flags]`}\``, argumentsOf(args)]),
    ...(own.length === 0 ? [] : [tableOf(own)]),
    `Shared flags: ${others.map(({ name }) => `\`--${name}\``).join(', ')}`,
  ].join('\n\n');
}

function exampleOf(example) {
  return `    ${example.replaceAll('<%= config.bin %>', oclif.bin)}`;
}

function argumentsOf(args) {
  return Object.values(args)
    .map(({ name, description }) => `- \`${name.toUpperCase()}\`: ${description}`)
    .join('\n');
}

function tableOf(flags) {
  const rows = flags.map((flag) => `| \`${spelled(flag)}\` | ${meaningOf(flag)} |`);
  return ['| flag | |', '|---|---|', ...rows].join('\n');
}

function spelled({ name, char, type, allowNo, helpValue, options, multiple }) {
  const short = char === undefined ? '' : `-${char}, `;
  if (type === 'boolean') return allowNo ? `--[no-]${name}` : `${short}--${name}`;
  return `${short}--${name} ${options === undefined ? (helpValue ?? 'VALUE') : options.join('\\|')}${multiple ? '…' : ''}`;
}

function meaningOf({ description, default: given, required, allowNo }) {
  const standard =
    given === undefined || given === false || /\[default:/.test(description) ? '' : ` [default: ${given}]`;
  return `${required ? '(required) ' : ''}${description}${standard}${allowNo ? ' [default: yes]' : ''}`.replaceAll(
    '|',
    '\\|',
  );
}

/** Flags that say the same in so many commands that they are told once. */
function sharedFlags() {
  const all = groupedBy(
    ids.flatMap((id) => shownOf(commands[id].flags)),
    keyOf,
  );
  return new Map([...all].filter(([, uses]) => uses.length >= SHARED_FROM).map(([key, [flag]]) => [key, flag]));
}

/** Those that a manual has. */
function shownOf(flags) {
  return Object.values(flags).filter(({ hidden }) => !hidden);
}

function groupOf({ helpGroup }) {
  return (helpGroup ?? 'other').toLowerCase();
}

function isShared(flag) {
  return shared.has(keyOf(flag));
}

function keyOf(flag) {
  return `${flag.name} ${spelled(flag)} ${meaningOf(flag)} ${flag.helpGroup}`;
}

function groupedBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

function wordsOf(id) {
  return id.replaceAll(':', ' ');
}

function anchorOf(id) {
  return id.replaceAll(':', '-');
}

function sentence(words) {
  return `${capitalized(words)}.`;
}

function capitalized(words) {
  return words[0].toUpperCase() + words.slice(1);
}
