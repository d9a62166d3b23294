import type { Key } from '../state/press-key.js';

/** What terminals send for keys that have no character (ECMA-48 and xterm's control sequences). */
const SEQUENCES: Readonly<Record<string, Key>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[7~': 'home',
  '[4~': 'end',
  '[8~': 'end',
  '[5~': 'pageUp',
  '[6~': 'pageDown',
  '[3~': 'backspace',
  '[Z': 'shift-tab',
  OM: 'enter',
};

const CONTROLS: Readonly<Record<string, Key>> = {
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\u0008': 'backspace',
  '\u0009': 'tab',
  '\u000a': 'enter',
  '\u000d': 'enter',
  '\u0015': 'ctrl-u',
  '\u001a': 'ctrl-z',
  '\u007f': 'backspace',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what keys begin with
const NEXT = /^(?:\u001b(\[[0-9;?<]*[A-Za-z~]|O[A-Za-z])|\u001b(\[[0-9;?<]*|O)?$|[\s\S])/u;
/** With Shift, Ctrl or Alt: the same key. */
const MODIFIER = /1?;\d+/;

/**
 * Reads keys off what a terminal has sent. A key may come in parts, and several at once.
 * @returns the keys, and the beginning of one that may go on: it is an Escape if nothing follows soon
 */
export function parseKeys(text: string): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = [];
  let left = text;
  while (left !== '') {
    const [whole = left, sequence] = NEXT.exec(left) ?? [];
    if (sequence === undefined && whole.startsWith('\u001b') && whole.length === left.length) {
      return { keys, rest: left };
    }
    const key = sequence === undefined ? characterKey(whole) : SEQUENCES[sequence.replace(MODIFIER, '')];
    if (key !== undefined) keys.push(key);
    left = left.slice(whole.length);
  }
  return { keys, rest: '' };
}

function characterKey(character: string): Key | undefined {
  if (character === '\u001b') return 'escape';
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  return character >= ' ' ? { text: character } : undefined;
}
