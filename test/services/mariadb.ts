import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort, ServerProcess } from './server-process.js';
import { missingCommand, type Service } from './service.js';

const USER = 'freshet';
const PASSWORD = 'secret';

/** MariaDB; its variable may as well name a MySQL. The address is that of a user who may make databases. */
export const mariadb: Service = {
  name: 'mariadb',
  variable: 'FRESHET_TEST_MYSQL',
  container: {
    image: 'mariadb:11.8',
    port: 3306,
    environment: () => ({ MARIADB_ROOT_PASSWORD: PASSWORD }),
    // It starts once before, for itself, without a port.
    ready: /ready for connections[\s\S]*port: 3306/,
    address: (port) => `mysql://root:${PASSWORD}@127.0.0.1:${port}`,
  },
  missing: () => missingCommand('mariadbd', 'mariadb-install-db'),
  start: async (folder, owner) => (await startMariadb(folder, { owner })).address,
};

/** A server of one's own: it keeps its data and its address from start to start. */
export interface Mariadb {
  /** As `mysql://USER:PASSWORD@HOST:PORT`. */
  readonly address: string;
  start(): Promise<void>;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a server's data in a folder, and starts it.
 * @param flags more flags of mariadbd
 */
export async function startMariadb(
  folder: string,
  { owner = process.pid, flags = [] }: { readonly owner?: number; readonly flags?: readonly string[] } = {},
): Promise<Mariadb> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const user = `--user=${userInfo().username}`;
  const data = `--datadir=${join(folder, 'data')}`;
  const install = ['--no-defaults', data, user, '--auth-root-authentication-method=normal', '--skip-test-db'];
  const made = spawnSync('mariadb-install-db', install, { encoding: 'utf8', cwd: folder });
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`);
  // It is read before the server takes clients.
  const users = join(folder, 'users.sql');
  writeFileSync(
    users,
    `CREATE USER IF NOT EXISTS ${USER}@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO ${USER}@'127.0.0.1' WITH GRANT OPTION;\n`,
  );
  const network = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'];
  const small = ['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=32M'];
  const socket = `--socket=${join(folder, 'socket')}`;
  const command = [
    'mariadbd',
    '--no-defaults',
    user,
    data,
    socket,
    `--init-file=${users}`,
    ...network,
    ...small,
  ] as const;
  let server: ServerProcess | undefined;
  const start = async (): Promise<void> => {
    server = ServerProcess.start('mariadbd', folder, owner, [...command, ...flags]);
    await server.until(() => answers(port));
  };
  await start();
  return {
    address: `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    start,
    kill: async () => server?.end('SIGKILL'),
    stop: async () => server?.end('SIGTERM'),
  };
}

/** Whether something takes connections on a port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', done(true)).on('error', done(false));
  });
}
