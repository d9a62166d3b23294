import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXECUTABLE } from './run-freshet.js';

/** Whether there is a tmux; without one a line says so, and with CI=true it fails. */
export function hasTmux(): boolean {
  if (spawnSync('tmux', ['-V']).status === 0) return true;
  if (process.env.CI === 'true') throw new Error('there is no tmux: install it');
  console.log('skipped: there is no tmux to type at');
  return false;
}

/** A shell in a real terminal of a given size, on a tmux server of its own. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'freshet-tmux-'));
  readonly #socket = join(this.folder, 'socket');

  private constructor(width: number, height: number, env: Readonly<Record<string, string>>) {
    const bin = join(this.folder, 'freshet');
    writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${EXECUTABLE}' "$@"\n`, { mode: 0o755 });
    // What an interactive shell reads before its first prompt.
    const profile = join(this.folder, 'profile');
    writeFileSync(profile, `PS1='ready> '\nPATH='${this.folder}':$PATH\n`);
    const settings = Object.entries({ TERM: 'screen-256color', CI: '', ENV: profile, ...env });
    this.#tmux(
      ...['-f', '/dev/null', 'new-session', '-d', '-s', 'test', '-x', String(width), '-y', String(height)],
      ...settings.flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      `cd '${this.folder}' && exec sh -i`,
    );
  }

  /**
   * @param env what the shell has besides its own; `freshet` is a command there
   * @returns one that stands at its first prompt
   */
  static async open(width: number, height: number, env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const terminal = new Terminal(width, height, env);
    await terminal.prompts();
    return terminal;
  }

  /** Types texts and tmux's names of keys (Enter, Escape, C-c, PageDown). */
  type(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', '-t', 'test', key);
  }

  resize(width: number, height: number): void {
    this.#tmux('resize-window', '-t', 'test', '-x', String(width), '-y', String(height));
  }

  /** What it shows now. */
  screen(): string {
    return this.#tmux('capture-pane', '-p', '-t', 'test');
  }

  /** The same with its colours. */
  painted(): string {
    return this.#tmux('capture-pane', '-e', '-p', '-t', 'test');
  }

  /**
   * Waits until it shows something, and stands still if it does within half a second: a screen that is read
   * in the middle of a frame has half of it. @returns the screen
   */
  async shows(what: string | RegExp): Promise<string> {
    const begun = Date.now();
    let before = '';
    for (let times = 0; ; ) {
      const screen = this.screen();
      if (typeof what === 'string' ? screen.includes(what) : what.test(screen)) {
        if (screen === before || ++times === 10) return screen;
      } else if (Date.now() - begun > 120_000) throw new Error(`waited in vain for ${what}:\n${screen}`);
      before = screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /**
   * Waits until the shell stands at its prompt: what is typed before that is echoed in front of it, and what is
   * printed stands behind it then.
   */
  async prompts(): Promise<void> {
    await this.shows(/(?:^|\n)ready>\s*$/);
  }

  /** Empties the screen but for the prompt. */
  async clear(): Promise<void> {
    this.type('clear', 'Enter');
    await this.shows(/^ready>\s*$/);
  }

  /** Runs a command at the prompt, of a screen that is empty, and waits for its end: half a line comes before the rest. */
  async run(command: string, prints: RegExp): Promise<string> {
    await this.clear();
    this.type(`${command}; echo "<$?>"`, 'Enter');
    await this.shows(/<\d+>/);
    return prints.exec(this.#tmux('capture-pane', '-J', '-p', '-t', 'test'))?.[0] ?? '';
  }

  close(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
  }
}
