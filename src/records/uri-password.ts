/** A word as it may be shown: without the password that a URI has, also as `--to=URI`. */
export function masked(word: string): string {
  return word.replace(PASSWORD, '$1***$2');
}

/** A word of any command, as it may be shown: one for a shell may have passwords anywhere, in URIs and in variables. */
export function maskedCommand(word: string): string {
  const shown = masked(word);
  return shown === word ? word.replace(PASSWORD_WITHIN, '$1***@').replace(VARIABLE_WITHIN, '$1***') : shown;
}

/** The variable that a password is better in than in the URI; undefined where the URI has none. */
export function passwordVariable(word: string): string | undefined {
  const scheme = PASSWORD.test(word) ? /^[a-z]+/.exec(word)?.[0] : undefined;
  return scheme === undefined ? undefined : PASSWORD_VARIABLES[scheme];
}

const PASSWORD_VARIABLES: Readonly<Record<string, string>> = {
  mysql: 'MYSQL_PWD',
  cassandra: 'CASSANDRA_PASSWORD',
  http: 'SCHEMA_REGISTRY_PASSWORD',
  https: 'SCHEMA_REGISTRY_PASSWORD',
};

/** Up to the last @, since one in a password may have been left as it is. */
const PASSWORD = /^((?:--?[a-z-]+=)?[a-z][a-z0-9+-]*:\/\/[^:@/?#]*:)[^/].*?(@[^@]*)$/s;
/** The same among other words, where blanks and quotes end it. */
const PASSWORD_WITHIN = /([a-z][a-z0-9+-]*:\/\/[^\s:@/?#'"]*:)[^\s'"/][^\s'"]*@/g;
/** `MYSQL_PWD=…` and its like. */
const VARIABLE_WITHIN = /\b([A-Z][A-Z0-9_]*(?:PWD|PASSWORD|SECRET|TOKEN)=)(?:'[^']*'|"[^"]*"|[^\s'"]+)/g;
