import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/records/nearest-name.js';

const FIELDS = ['yt_channel_id', 'harvest_ts', 'subs', 'stat.cpuAll.user'];

describe('the nearest name', () => {
  it.each([
    ['sub', 'subs'],
    ['sbus', 'subs'],
    ['SUBS', 'subs'],
    ['harvest', 'harvest_ts'],
    ['channel', 'yt_channel_id'],
    ['chanel', 'yt_channel_id'],
    ['ts', 'harvest_ts'],
    ['user', 'stat.cpuAll.user'],
    ['cpu', 'stat.cpuAll.user'],
    ['yt_chanel_id', 'yt_channel_id'],
  ])('of %s is %s', (wrong, meant) => {
    expect(nearestName(wrong, FIELDS)).toBe(meant);
  });

  it.each(['temperature', 'x', 'tz', ''])('there is none for %j', (wrong) => {
    expect(nearestName(wrong, FIELDS)).toBeUndefined();
  });

  it('is rather one that is meant as a whole than one of which a word is', () => {
    expect(nearestName('names', ['full_name', 'name'])).toBe('name');
  });
});
