import type { ViewState } from './view-state.js';

/** A key by its name, or the character that was typed. */
export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageUp'
  | 'pageDown'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'shift-tab'
  | 'backspace'
  | 'ctrl-c'
  | 'ctrl-d'
  | 'ctrl-u'
  | 'ctrl-z'
  | { readonly text: string };

const FAR = Number.MAX_SAFE_INTEGER;

/** What keys do, as in less and k9s. */
const TABLE_KEYS: Readonly<Record<string, (view: ViewState) => void>> = {
  up: (view) => view.move(-1),
  k: (view) => view.move(-1),
  down: (view) => view.move(1),
  j: (view) => view.move(1),
  pageUp: (view) => view.move(-view.page),
  b: (view) => view.move(-view.page),
  pageDown: (view) => view.move(view.page),
  f: (view) => view.move(view.page),
  'ctrl-u': (view) => view.move(-Math.ceil(view.page / 2)),
  'ctrl-d': (view) => view.move(Math.ceil(view.page / 2)),
  home: (view) => view.move(-FAR),
  g: (view) => view.move(-FAR),
  end: (view) => view.move(FAR),
  G: (view) => view.move(FAR),
  left: (view) => view.moveColumn(-1),
  h: (view) => view.moveColumn(-1),
  right: (view) => view.moveColumn(1),
  l: (view) => view.moveColumn(1),
  '<': (view) => view.sortByNext(-1),
  '>': (view) => view.sortByNext(1),
  s: (view) => view.sortBy(view.tab.column === undefined ? 'change' : { place: view.tab.column }),
  r: (view) => {
    const { sort } = view.tab;
    if (sort !== undefined) view.tab.sort = { ...sort, descending: !sort.descending };
  },
  D: (view) => view.sortBy('delta'),
  C: (view) => view.sortBy('change'),
  o: (view) => {
    view.tab.sort = undefined;
  },
  '/': (view) => {
    view.mode = 'filter';
  },
  ' ': (view) => view.pause(!view.paused),
  p: (view) => view.pause(!view.paused),
  enter: (view) => view.pick(),
  c: (view) => {
    view.showChart = !view.showChart;
  },
  m: (view) => view.nextMeasure(),
  tab: (view) => view.switchTo((view.active + 1) % view.tabs.length),
  'shift-tab': (view) => view.switchTo((view.active + view.tabs.length - 1) % view.tabs.length),
  '?': (view) => {
    view.mode = 'help';
  },
  escape: (view) => {
    const { tab } = view;
    if (tab.filter !== '') tab.filter = '';
    else if (tab.picked !== undefined) tab.picked = undefined;
    else tab.cursor = undefined;
  },
  q: (view) => {
    view.left = 'quit';
  },
};

/** Does what a key says. */
export function pressKey(view: ViewState, key: Key): void {
  view.message = '';
  if (key === 'ctrl-c') view.left = 'interrupt';
  else if (key === 'ctrl-z') view.wantsSuspend = true;
  else if (view.mode === 'filter') typeFilter(view, key);
  else if (view.mode === 'help') leaveHelp(view, key);
  else pressInTable(view, typeof key === 'string' ? key : key.text);
}

function pressInTable(view: ViewState, name: string): void {
  const act = Object.hasOwn(TABLE_KEYS, name) ? TABLE_KEYS[name] : undefined;
  if (act !== undefined) act(view);
  else if (/^[1-9]$/.test(name)) view.switchTo(Number(name) - 1);
}

function leaveHelp(view: ViewState, key: Key): void {
  const name = typeof key === 'string' ? key : key.text;
  if (['escape', '?', 'q', 'enter'].includes(name)) view.mode = 'table';
}

function typeFilter(view: ViewState, key: Key): void {
  const { tab } = view;
  if (typeof key === 'object') tab.filter += key.text;
  else if (key === 'backspace') tab.filter = [...tab.filter].slice(0, -1).join('');
  else if (key === 'ctrl-u') tab.filter = '';
  else if (key === 'enter') view.mode = 'table';
  else if (key === 'escape') {
    tab.filter = '';
    view.mode = 'table';
  } else if (key === 'up' || key === 'down') view.move(key === 'up' ? -1 : 1);
}
