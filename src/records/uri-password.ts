/** A word as it may be shown: without the password that a URI has, also as `--to=URI`. */
export function masked(word: string): string {
  return word.replace(PASSWORD, '$1***$3');
}

/** What is to be HOST:PORT, as it may be shown: without a password that stands in front of it all the same. */
export function maskedAddress(text: string): string {
  return text.replace(/^([^:/?#]*:(?:\/\/[^:/?#]*:)?).*@/s, '$1***@');
}

/** A word of any command, as it may be shown: one for a shell may have passwords anywhere, in URIs and in variables. */
export function maskedCommand(word: string): string {
  const shown = masked(word);
  return shown === word ? withoutPasswords(word) : shown;
}

/**
 * Makes sentences such as may be shown: without the passwords of a command's words, also where a sentence has a part of
 * the word alone, and without those of other URIs.
 */
export function sentenceMask(words: readonly string[]): (sentence: string) => string {
  const logins = words.flatMap((word) => {
    const [, front = '', password] = PASSWORD.exec(word) ?? LOGIN.exec(word) ?? [];
    const user = /[^=/:]*:$/.exec(front)?.[0] ?? '';
    return password === undefined ? [] : [{ login: `${user}${password}@`, shown: `${user}***@` }];
  });
  return (sentence) =>
    withoutPasswords(logins.reduce((text, { login, shown }) => text.replaceAll(login, shown), sentence));
}

export function hasPassword(word: string): boolean {
  return PASSWORD.test(word);
}

/** The variable that a password is better in than in the URI; undefined where the URI has none. */
export function passwordVariable(word: string): string | undefined {
  const scheme = hasPassword(word) ? /^[a-z]+/.exec(word)?.[0] : undefined;
  return scheme === undefined ? undefined : PASSWORD_VARIABLES[scheme];
}

function withoutPasswords(text: string): string {
  return text.replace(PASSWORD_WITHIN, '$1***@').replace(VARIABLE_WITHIN, '$1***');
}

const PASSWORD_VARIABLES: Readonly<Record<string, string>> = {
  mysql: 'MYSQL_PWD',
  cassandra: 'CASSANDRA_PASSWORD',
  http: 'SCHEMA_REGISTRY_PASSWORD',
  https: 'SCHEMA_REGISTRY_PASSWORD',
};

/**
 * Up to the last @, since one in a password may have been left as it is; where one in a user was, digits behind the
 * colon are a port. Who forgets the slashes of these schemes means a user all the same.
 */
const PASSWORD =
  /^((?:-{0,2}[A-Za-z_][\w-]*=)?(?:[A-Za-z][A-Za-z0-9+-]*:\/\/|(?:kafka|tcp|tcp-listen|http-listen|mysql|cassandra|https?):)(?:[^:@/?#]*:|[^:/?#]*:(?!\d+(?:[/?#]|$))))(.+)(@[^@]*)$/s;
/** The same without a scheme. */
const LOGIN = /^((?:--[a-z-]+=)?(?:\/\/)?[^\s:@/?#='"]+:)(?!\/\/)(.+)(@[^\s@]+)$/s;
/** The same among other words, where blanks and quotes end it. */
const PASSWORD_WITHIN = /([A-Za-z][A-Za-z0-9+-]*:\/\/(?:[^\s:@/?#'"]*:|[^\s:/?#'"]*:(?!\d+(?:[\s/?#'"]|$))))[^\s'"]+@/g;
/** `MYSQL_PWD=…` and its like. */
const VARIABLE_WITHIN = /\b([A-Z][A-Z0-9_]*(?:PWD|PASSWORD|SECRET|TOKEN)=)(?:'[^']*'|"[^"]*"|[^\s'"]+)/g;
