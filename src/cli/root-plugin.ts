import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Interfaces } from '@oclif/core';

/** The commands by their ids (`aggregate:daily`). */
export type Commands = Readonly<Record<string, Command.Class>>;

/**
 * freshet as a plugin for oclif. oclif's own class would search for package.json and for the commands' files, and would
 * sort the commands by a locale, for which ICU loads its data; the build has settled all of that.
 * @param root freshet's folder, of package.json and the manifest
 */
export function rootPlugin(root: string, commands: Commands): Interfaces.Plugin {
  const pjson: Interfaces.PJSON = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest: Interfaces.Manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));
  const find = async (id: string): Promise<Command.Class> => {
    const command = commands[id];
    if (command === undefined) throw new Error(`the bundle has no command ${id}`);
    command.id = id;
    return command;
  };
  return {
    _base: '@oclif/core',
    alias: pjson.name,
    commandIDs: Object.keys(manifest.commands),
    commands: Object.values(manifest.commands).map((cached) => ({ ...cached, load: () => find(cached.id) })),
    commandsDir: undefined,
    findCommand: find,
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'commonjs',
    name: pjson.name,
    options: { root },
    pjson,
    root,
    topics: Object.entries(pjson.oclif.topics ?? {}).map(([name, topic]) => ({ ...topic, name })),
    type: 'core',
    valid: true,
    version: pjson.version,
  };
}
