import { describe, expect, it } from 'vitest';
import { SensorSimulation } from '../../../src/endpoints/produce/sensor-simulation.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import { linesOf, recordsOf } from './produced.js';

const sensor = loadSchema('sensor');

describe('SensorSimulation', () => {
  it('tells the same first readings for the same seed on every machine', () => {
    expect(linesOf(new SensorSimulation(sensor, { nodes: 3, seed: 7 }), { count: 6 })).toMatchInlineSnapshot(`
      [
        "{"node_name":"node-1","temperature":19.9,"timestamp":"2017-08-01T00:00:00Z"}",
        "{"node_name":"node-2","temperature":15.6,"timestamp":"2017-08-01T00:00:00Z"}",
        "{"node_name":"node-3","temperature":20.6,"timestamp":"2017-08-01T00:00:00Z"}",
        "{"node_name":"node-1","temperature":19.8,"timestamp":"2017-08-01T00:00:10Z"}",
        "{"node_name":"node-2","temperature":15.6,"timestamp":"2017-08-01T00:00:10Z"}",
        "{"node_name":"node-3","temperature":20.8,"timestamp":"2017-08-01T00:00:10Z"}",
      ]
    `);
  });

  it('reads every node once a step', () => {
    const records = recordsOf(new SensorSimulation(sensor, { nodes: 4, step: 15_000, days: 1 }), {});
    expect(records).toHaveLength(4 * 4 * 60 * 24);
    expect(records.slice(4, 8).map(({ node_name, timestamp }) => [node_name, timestamp])).toEqual([
      ['node-1', '2017-08-01T00:00:15Z'],
      ['node-2', '2017-08-01T00:00:15Z'],
      ['node-3', '2017-08-01T00:00:15Z'],
      ['node-4', '2017-08-01T00:00:15Z'],
    ]);
  });

  it('writes milliseconds where steps have some', () => {
    const times = recordsOf(new SensorSimulation(sensor, { nodes: 1, step: 250 }), { count: 3 }).map(
      (one) => one.timestamp,
    );
    expect(times).toEqual(['2017-08-01T00:00:00.000Z', '2017-08-01T00:00:00.250Z', '2017-08-01T00:00:00.500Z']);
  });

  it('gives tenths of a degree that follow the day and do not wander off', () => {
    const records = recordsOf(new SensorSimulation(sensor, { nodes: 3, step: 600_000, days: 40 }), {});
    const average = (hour: string): number => {
      const some = records.filter(({ timestamp }) => String(timestamp).slice(11, 13) === hour);
      return some.reduce((sum, { temperature }) => sum + Number(temperature), 0) / some.length;
    };
    expect(average('15') - average('03')).toBeGreaterThan(6);
    for (const { temperature } of records) {
      expect(Number(temperature)).toBe(Math.round(Number(temperature) * 10) / 10);
      expect(Number(temperature)).toBeGreaterThan(0);
      expect(Number(temperature)).toBeLessThan(40);
    }
  });
});
