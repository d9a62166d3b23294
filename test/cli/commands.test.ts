import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshet, ROOT } from './run-freshet.js';

interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly summary?: string;
        readonly examples?: readonly string[];
        readonly flags: Readonly<Record<string, { readonly description?: string; readonly allowNo?: boolean }>>;
      }
    >
  >;
}

const manifest: Manifest = JSON.parse(readFileSync(`${ROOT}oclif.manifest.json`, 'utf8'));
const commands = Object.entries(manifest.commands);
const words = (id: string): string[] => id.split(':');

describe('every command', () => {
  it('is there', () => {
    expect(
      Object.keys(manifest.commands)
        .map((id) => id.replaceAll(':', ' '))
        .sort(),
    ).toEqual([
      ...['daily', 'hourly', 'monthly', 'total', 'weekly', 'window', 'yearly'].map((noun) => `aggregate ${noun}`),
      'doctor',
      ...['kill', 'list', 'logs', 'run', 'status'].map((noun) => `job ${noun}`),
      ...['anomaly', 'check', 'missing', 'ratio', 'run', 'test'].map((name) => `monitor ${name}`),
      ...['cpu', 'events', 'pairs', 'sensors', 'yt'].map((noun) => `produce ${noun}`),
      'report',
      ...['check', 'infer', 'list', 'register', 'show'].map((noun) => `schema ${noun}`),
      'serve',
      ...['daily', 'hourly', 'monthly', 'raw', 'total', 'weekly', 'window', 'yearly'].map((noun) => `store ${noun}`),
      'tail',
      ...['cpu', 'parity'].map((noun) => `transform ${noun}`),
    ]);
  });

  it.each(commands)('%s says what it is for, and what each flag is', (_id, { summary, examples, flags }) => {
    expect(summary).toMatch(/\S/);
    expect(examples?.length ?? 0).toBeGreaterThan(0);
    for (const [flag, { description }] of Object.entries(flags))
      expect([flag, description]).toEqual([flag, expect.stringMatching(/\S/)]);
  });

  it.each(commands)("%s's examples use commands and flags that there are", (_id, { examples = [] }) => {
    for (const example of examples) {
      for (const [, text] of example
        .replaceAll('<%= config.bin %>', 'freshet')
        .matchAll(/freshet ((?:(?! -- )[^|<>])*)/g)) {
        const outsideOfQuotes = text
          .replace(/'[^']*'|"[^"]*"/g, 'TEXT')
          .trim()
          .split(/\s+/);
        const id = [outsideOfQuotes.slice(0, 2).join(':'), outsideOfQuotes[0]].find((one) => one in manifest.commands);
        expect([example, id]).toEqual([example, expect.any(String)]);
        const flags = manifest.commands[id ?? '']?.flags ?? {};
        const known = Object.entries(flags).flatMap(([name, { allowNo }]) => (allowNo ? [name, `no-${name}`] : [name]));
        for (const word of outsideOfQuotes.filter((one) => one.startsWith('--'))) {
          expect([example, known]).toEqual([example, expect.arrayContaining([word.slice(2).split('=')[0]])]);
        }
      }
    }
  });

  it.concurrent.each(commands)('%s loads and shows its manual', async (id, { summary = '' }) => {
    const { out, err, status } = await freshet([...words(id), '--help']);
    expect({ err, status }).toEqual({ err: '', status: 0 });
    expect(out).toContain(summary.slice(0, 30));
    expect(out).toContain(`$ freshet ${words(id).join(' ')}`);
  });
});
