import { describe, expect, it } from 'vitest';
import { masked, maskedAddress, maskedCommand, sentenceMask } from '../../src/records/uri-password.js';

describe('a password', () => {
  it.each([
    ['mysql://u:secret@host/db#t', 'mysql://u:***@host/db#t'],
    ['--to=mysql://u:se@cret@host/db', '--to=mysql://u:***@host/db'],
    ['mysql://me@srv:secret@host/db', 'mysql://me@srv:***@host/db'],
    ['mysql://u:/se?cret#@host/db', 'mysql://u:***@host/db'],
    ['one=kafka:u:secret@host/t', 'one=kafka:u:***@host/t'],
    ['cassandra://host:9042/ks', 'cassandra://host:9042/ks'],
    ['mysql://me@host:3306/db?ssl-ca=/a@b.pem', 'mysql://me@host:3306/db?ssl-ca=/a@b.pem'],
    ['kafka:t?header=a:b@c', 'kafka:t?header=a:b@c'],
    ['sqlite:a:b@c.db', 'sqlite:a:b@c.db'],
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

  it.each([
    ['alice:secret@host:99', 'alice:***@host:99'],
    ['http://alice:se@cret@host:99', 'http://alice:***@host:99'],
    ['[::1]:99', '[::1]:99'],
    ['me@host:99', 'me@host:99'],
  ])('in front of the address %s is not shown', (text, shown) => {
    expect(maskedAddress(text)).toBe(shown);
  });

  it('of a word is in no sentence, whatever part of the word is', () => {
    const masks = sentenceMask(['store', '--to', "mysql://ann:it's secret@host/db", '--brokers=bob:a/b@host:9092']);
    expect(masks("there is no folder //ann:it's secret@host, nor //ann:secret")).toBe(
      'there is no folder //ann:***@host, nor //ann:secret',
    );
    expect(masks('bob:a/b@host:9092 is none, nor "tcp://me:too@host:1".')).toBe(
      'bob:***@host:9092 is none, nor "tcp://me:***@host:1".',
    );
    expect(masks('write HOST:PORT, or mail me@host')).toBe('write HOST:PORT, or mail me@host');
    const alone = sentenceMask(['mysql://me@host/db', '--to=mysql://me@host/db']);
    expect(alone('mysql://me@host has no database')).toBe('mysql://me@host has no database');
  });
});
