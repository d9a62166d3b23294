import type { Keyboard } from './keyboard.js';
import type { Screen } from './screen.js';

/** Signals that end the process at once, with 128 and their number as its status. */
const ENDING = [
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const;

/**
 * Gives the terminal back whatever ends or stops the process, and takes it again when it goes on.
 * @param redraw called when the screen was taken again
 * @returns what lets go of all of it
 */
export function guardTerminal(screen: Screen, keyboard: Keyboard | undefined, redraw: () => void): () => void {
  const giveBack = (): void => {
    screen.leave();
    keyboard?.setRaw(false);
  };
  const stop = (): void => {
    giveBack();
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = (): void => {
    screen.enter();
    keyboard?.setRaw(true);
    redraw();
  };
  const endings = ENDING.map(([signal, status]) => {
    const end = (): void => {
      giveBack();
      process.exit(status);
    };
    return { signal, end };
  });
  // What is told of an error is told on the screen of before.
  process.prependListener('uncaughtException', giveBack);
  process.on('exit', giveBack);
  process.on('SIGTSTP', stop);
  process.on('SIGCONT', goOn);
  for (const { signal, end } of endings) process.on(signal, end);
  return () => {
    giveBack();
    process.off('uncaughtException', giveBack);
    process.off('exit', giveBack);
    process.off('SIGTSTP', stop);
    process.off('SIGCONT', goOn);
    for (const { signal, end } of endings) process.off(signal, end);
  };
}

/** What ctrl-Z does where the terminal is raw: stops all of the pipeline. */
export function suspend(): void {
  process.kill(0, 'SIGTSTP');
}
