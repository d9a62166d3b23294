import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeys } from '../../../src/tui/terminal/parse-keys.js';

const ESC = '\u001b';

describe('keys', () => {
  it.each([
    ['j', [{ text: 'j' }]],
    ['é日', [{ text: 'é' }, { text: '日' }]],
    [`${ESC}[A${ESC}OB`, ['up', 'down']],
    [`${ESC}[5~${ESC}[6~`, ['pageUp', 'pageDown']],
    [`${ESC}[1;5C`, ['right']],
    [`${ESC}[Z\t\r\u007f`, ['shift-tab', 'tab', 'enter', 'backspace']],
    ['\u0003\u001a', ['ctrl-c', 'ctrl-z']],
    [`${ESC}?`, ['escape', { text: '?' }]],
    [`${ESC}${ESC}[A`, ['escape', 'up']],
    [`${ESC}[<0;3;4M`, []],
    ['\u0001', []],
  ])('%j', (text, keys) => {
    expect(parseKeys(text)).toEqual({ keys, rest: '' });
  });

  it('that come in parts wait for the rest', () => {
    expect(parseKeys(ESC)).toEqual({ keys: [], rest: ESC });
    expect(parseKeys(`j${ESC}[`)).toEqual({ keys: [{ text: 'j' }], rest: `${ESC}[` });
    expect(parseKeys(`${ESC}[1;`)).toEqual({ keys: [], rest: `${ESC}[1;` });
  });

  it('are the same in any chunking', () => {
    const piece = fc.constantFrom('j', 'é', `${ESC}[A`, `${ESC}OF`, `${ESC}[6~`, '\r', '日');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
        const text = pieces.join('');
        const whole = parseKeys(text);
        const keys = [];
        let rest = '';
        let from = 0;
        for (const cut of [...cuts.filter((one) => one < text.length).sort((a, b) => a - b), text.length]) {
          const got = parseKeys(rest + text.slice(from, cut));
          keys.push(...got.keys);
          rest = got.rest;
          from = cut;
        }
        expect({ keys, rest }).toEqual(whole);
      }),
    );
  });
});
