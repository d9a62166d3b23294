import { render } from 'ink';
import type { ReactElement } from 'react';
import { frameOf, type Picture } from './draw/frame.js';
import { Palette } from './draw/palette.js';
import type { Alerts } from './state/alerts.js';
import type { LiveSource } from './state/live-source.js';
import { type Key, pressKey } from './state/press-key.js';
import { ViewState } from './state/view-state.js';
import { guardTerminal, suspend } from './terminal/guard-terminal.js';
import { Keyboard } from './terminal/keyboard.js';
import { LiveScreen } from './terminal/live-screen.js';
import { Pace } from './terminal/pace.js';
import { Screen } from './terminal/screen.js';

export interface LiveViewOptions {
  readonly sources: readonly LiveSource[];
  readonly alerts: Alerts;
  readonly color: boolean;
}

/** A live report on the terminal. */
export interface LiveView {
  /** How the person has left it. */
  readonly left: Promise<'quit' | 'interrupt'>;
  /** Shows a sentence in the last line. */
  tell(sentence: string): void;
  /** Gives the terminal back. */
  close(): void;
}

/** Takes the terminal and shows what comes. Keys come from the terminal, whatever standard input is. */
export async function openLiveView({ sources, alerts, color }: LiveViewOptions): Promise<LiveView> {
  const view = new ViewState(sources);
  const palette = new Palette(color);
  const screen = new Screen(process.stdout);
  let leave: (how: 'quit' | 'interrupt') => void = () => {};
  const left = new Promise<'quit' | 'interrupt'>((resolve) => {
    leave = resolve;
  });
  const size = (): { width: number; height: number } => ({ width: screen.width, height: screen.height });
  const picture = (): Picture => ({ view, alerts, palette, now: performance.now(), clock: Date.now() });
  const drawn = (): ReactElement => <LiveScreen frame={frameOf(picture(), size())} width={screen.width} />;
  const draw = (): void => {
    shown = shownOf(sources, alerts);
    app.rerender(drawn());
  };
  const onKey = (key: Key): void => {
    pressKey(view, key);
    if (view.wantsSuspend) {
      view.wantsSuspend = false;
      suspend();
    } else if (view.left !== undefined) leave(view.left);
    pace.wanted();
  };
  let shown = '';
  const pace = new Pace(draw, () => shown !== shownOf(sources, alerts));
  const redraw = (): void => {
    screen.forget();
    for (const tab of view.tabs) tab.widths.clear();
    pace.wanted();
  };
  const keyboard = Keyboard.open(onKey);
  const release = guardTerminal(screen, keyboard, redraw);
  screen.enter();
  keyboard?.setRaw(true);
  // Ink writes frames to the screen, which sends what has changed; its own canvas would take half a core.
  const app = render(drawn(), {
    stdout: screen.stream(),
    debug: true,
    isScreenReaderEnabled: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  process.stdout.on('resize', redraw);
  pace.start();
  return {
    left,
    tell: (sentence) => {
      view.message = sentence;
      pace.wanted();
    },
    close: () => {
      pace.stop();
      process.stdout.off('resize', redraw);
      app.unmount();
      release();
      keyboard?.close();
    },
  };
}

/** What a frame is drawn of, as far as data change it. */
function shownOf(sources: readonly LiveSource[], alerts: Alerts): string {
  return `${alerts.total} ${sources.map(({ table, records, state }) => `${table?.version} ${records} ${state.kind}`).join()}`;
}
