import { describe, expect, it } from 'vitest';
import { masked, maskedCommand } from '../../src/records/uri-password.js';

describe('a password', () => {
  it.each([
    ['mysql://u:secret@host/db#t', 'mysql://u:***@host/db#t'],
    ['--to=mysql://u:se@cret@host/db', '--to=mysql://u:***@host/db'],
    ['cassandra://host:9042/ks', 'cassandra://host:9042/ks'],
  ])('of %s is not shown', (word, shown) => {
    expect(masked(word)).toBe(shown);
    expect(maskedCommand(word)).toBe(shown);
  });

  it.each([
    ['freshet store daily --to mysql://u:secret@host/db', 'freshet store daily --to mysql://u:***@host/db'],
    [
      'exec freshet store --to="mysql://u:se/c@ret@host/db" --registry \'https://me:hush@registry\' 2> log',
      'exec freshet store --to="mysql://u:***@host/db" --registry \'https://me:***@registry\' 2> log',
    ],
    [
      "MYSQL_PWD=secret FRESHET_TOKEN='to ken' freshet report mysql://u@host/db#t",
      'MYSQL_PWD=*** FRESHET_TOKEN=*** freshet report mysql://u@host/db#t',
    ],
    ['echo a@b http://host:80/x me@there', 'echo a@b http://host:80/x me@there'],
    ['KEY=value a:b@c', 'KEY=value a:b@c'],
  ])('in %s is not shown, whatever stands around it', (word, shown) => {
    expect(maskedCommand(word)).toBe(shown);
  });
});
