import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXECUTABLE } from '../cli/run-freshet.js';
import type { CaseTopics } from './case-topics.js';
import { type Input, recordsIn } from './records-in.js';
import { routeOf, VERBS } from './route.js';
import { type Place, type Setting, throughTopics } from './through-topics.js';

const PROGRAM = fileURLToPath(new URL('stand-in.mjs', import.meta.url));

/** A command that a case runs, and its inputs, once it has been asked for them. */
interface Command extends Place {
  readonly name: string;
  readonly args: readonly string[];
  /** In base64. */
  readonly read?: readonly string[];
}

/** Stands in for `freshet` where golden cases run: takes what it can through topics, and leaves the rest to freshet. */
export class StandIn {
  readonly #folder = mkdtempSync(join(tmpdir(), 'freshet-parity-'));
  readonly #socket = join(this.#folder, 'socket');
  readonly #server: Server;
  readonly #topics: CaseTopics;
  readonly #setting: Setting;
  /** By case, the words of commands that went through topics, with all copies. */
  readonly went = new Map<string, string[]>();

  private constructor(topics: CaseTopics, setting: Setting) {
    this.#topics = topics;
    this.#setting = setting;
    this.#server = createServer(async (request, response) => {
      try {
        response.end(JSON.stringify(await this.#answer(await commandOf(request))));
      } catch (error) {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.stack : `${error}`);
      }
    });
  }

  static async begin(topics: CaseTopics, setting: Setting): Promise<StandIn> {
    const standIn = new StandIn(topics, setting);
    await new Promise<void>((resolve) => standIn.#server.listen(standIn.#socket, resolve));
    return standIn;
  }

  end(): void {
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A folder for PATH, with the executable `freshet` of a case. */
  folderFor(name: string): string {
    const folder = mkdtempSync(join(this.#folder, 'bin-'));
    const file = join(folder, 'freshet');
    const exec = (...words: string[]): string => `exec ${words.map((word) => `'${word}'`).join(' ')} "$@"`;
    const through = exec(process.execPath, PROGRAM, this.#socket, name, EXECUTABLE);
    const asItIs = exec(process.execPath, EXECUTABLE);
    writeFileSync(file, `#!/bin/sh\ncase "$1" in ${VERBS.join('|')}) ${through};; *) ${asItIs};; esac\n`);
    chmodSync(file, 0o755);
    return folder;
  }

  /** What it wants to read, and then the outcome; neither of what topics can't stand in for. */
  async #answer({ name, args, read, ...place }: Command): Promise<object> {
    const route = routeOf(args, place.cwd);
    if (typeof route === 'string') return {};
    if (read === undefined) return { reads: route.reads };
    const inputs: Input[] = [];
    for (const [at, path] of route.reads.entries()) {
      const input = await recordsIn(Buffer.from(read[at] ?? '', 'base64'), path, route.format);
      if (typeof input === 'string') return {};
      inputs.push(input);
    }
    const { out, copies, ...outcome } = await throughTopics(this.#topics, this.#setting, { route, inputs, place });
    if (copies === this.#setting.copies) this.went.set(name, [...(this.went.get(name) ?? []), args.join(' ')]);
    return { ...outcome, out: out.toString('base64') };
  }
}

async function commandOf(request: IncomingMessage): Promise<Command> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
