import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Problem } from '../../endpoints/http/answers.js';
import type { BearerToken } from './bearer-token.js';

/** Why a request is refused before anything is looked at; undefined where it is not. */
export function guestProblem({ headers }: IncomingMessage, token: BearerToken | undefined): Problem | undefined {
  if (token !== undefined) return token.admits(headers.authorization) ? undefined : unauthorized(headers.authorization);
  // Without a token a page of another site could have a browser of this machine ask, by the address or by a name that
  // it has made mean this machine.
  if (headers.origin !== undefined)
    return { status: 403, detail: 'pages of a browser are not answered without a token' };
  const host = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[|\]$/g, '');
  if (host === 'localhost' || isIP(host) !== 0) return undefined;
  return { status: 403, detail: 'without a token it answers to localhost and addresses alone' };
}

/** RFC 6750, section 3: no error is named to who shows nothing. */
function unauthorized(shown: string | undefined): Problem {
  const challenge = 'Bearer realm="freshet"';
  return {
    status: 401,
    detail: shown === undefined ? 'a token is needed: Authorization: Bearer TOKEN' : 'the token is another one',
    headers: { 'www-authenticate': shown === undefined ? challenge : `${challenge}, error="invalid_token"` },
  };
}
