import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes NAME.crt and NAME.key in a folder, with openssl: of somebody who signs others. */
export function certificateAuthority(folder: string, name: string): void {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, ...files);
}

/**
 * Makes NAME.key, NAME.crt, and NAME.pem with both, signed by the authority `ca`.
 * @param names whom it is for; this machine unless given
 * @param days how long it is valid; below 0 it has ended
 */
export function signed(
  folder: string,
  name: string,
  { names = 'DNS:localhost,IP:127.0.0.1', days = 2 }: { readonly names?: string; readonly days?: number } = {},
): void {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
  openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, ...files);
  writeFileSync(join(folder, 'names'), `subjectAltName=${names}\n`);
  const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`, '-extfile', 'names'];
  openssl(folder, 'x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...by);
  const together = ['key', 'crt'].map((ending) => readFileSync(join(folder, `${name}.${ending}`)));
  writeFileSync(join(folder, `${name}.pem`), Buffer.concat(together));
}

function openssl(folder: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
