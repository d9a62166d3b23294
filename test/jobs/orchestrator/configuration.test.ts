import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/cli/read-document.js';
import { type Configuration, configurationOf } from '../../../src/jobs/orchestrator/configuration.js';

async function read(text: string): Promise<Configuration> {
  const { value, positionOf } = await parseDocument(text, 'o.yaml');
  return configurationOf(value, 'o.yaml', positionOf);
}

describe('the configuration of the orchestrator', () => {
  it('names what may be run, and how often it may fail', async () => {
    const { maximum, applications } = await read(`
maximum: 0.2
applications:
  parity:
    command: [freshet, transform, parity, --port, 9999, --topic, '\${topic}']
    restart: on-failure
    env: {KAFKA_BROKERS: 'localhost:9092'}
    cwd: work
  watched:
    maximum: 1
  plain:
`);
    expect(maximum).toBe(0.2);
    expect(Object.fromEntries(applications)).toEqual({
      parity: {
        command: ['freshet', 'transform', 'parity', '--port', '9999', '--topic', `\${topic}`],
        ...{ restart: 'on-failure', env: { KAFKA_BROKERS: 'localhost:9092' }, cwd: 'work', maximum: 0.2 },
      },
      watched: { maximum: 1 },
      plain: { maximum: 0.2 },
    });
  });

  it('may be empty', async () => {
    expect(await read('')).toEqual({ maximum: 0.3, applications: new Map() });
  });

  it.each([
    ['applications: [', /^o\.yaml:1:16: /],
    ['a: 1\na: 2', /^o\.yaml:2:1: .*unique/],
    ['maximum: 30', 'o.yaml:1:10: maximum must be a number from 0 to 1'],
    ['maximum: often', 'o.yaml:1:10: maximum must be a number from 0 to 1'],
    ['aplications: {}', 'o.yaml:1:14: aplications is not known'],
    ['[]', 'o.yaml:1:1: the configuration must have names and values'],
    ['applications:\n  p:\n    command: freshet', 'o.yaml:3:14: applications.p.command must be a list of words'],
    ['applications:\n  p:\n    command: [a, [b]]', 'o.yaml:3:18: applications.p.command.1 must be a text'],
    ['applications:\n  p: {restart: always}', 'o.yaml:2:16: applications.p.restart must be never or on-failure'],
    ['applications:\n  p: {env: {A: [1]}}', 'o.yaml:2:16: applications.p.env.A must be a text'],
    ['applications:\n  ../p: {}', /^o\.yaml:2:9: "\.\.\/p" is no name of a job/],
  ])('refuses %j, and says where', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
