import { codeOf, sentenceOf } from '../endpoints/system-error.js';

/** Why a request was not answered. */
export interface NoAnswer {
  /** A sentence without a full stop. */
  readonly problem: string;
  /** Whether another try may do better. */
  readonly mayPass: boolean;
}

const PASSING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the name of the server is not known',
  EAI_AGAIN: 'the name of the server can not be looked up now',
};

const LASTING: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet, by the clock of this machine",
  EPROTO: 'it speaks no TLS that freshet knows: is its URL one of http:?',
};

/** Whoever has signed the certificate (codes of OpenSSL's X509_verify_cert, as Node has them). */
const UNTRUSTED = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_(UNTRUSTED|CHAIN_TOO_LONG)|INVALID_CA)/;
const OTHER_TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|UNABLE_TO_|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** What an error of a request means. A certificate that does not hold now will not in a minute. */
export function noAnswer(error: unknown): NoAnswer {
  const code = codeOf(error) ?? '';
  const lasting = LASTING[code] ?? certificateProblem(code, error);
  if (lasting !== undefined) return { problem: lasting, mayPass: false };
  return { problem: PASSING[code] ?? sentenceOf(error), mayPass: true };
}

function certificateProblem(code: string, error: unknown): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the server's certificate is not for this host${namesOf(error)}`;
  if (UNTRUSTED.test(code)) {
    return "nobody whom this machine trusts has signed the server's certificate; NODE_EXTRA_CA_CERTS=FILE names others";
  }
  return OTHER_TLS.test(code) ? sentenceOf(error) : undefined;
}

/** `, but for DNS:example.com` */
function namesOf(error: unknown): string {
  const names = /.*altnames: (.*)$/.exec(sentenceOf(error))?.[1];
  return names === undefined ? '' : `, but for ${names}`;
}
