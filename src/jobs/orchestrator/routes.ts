/** What a path stands for. */
export interface Route {
  readonly kind: 'health' | 'document' | 'metrics' | 'submissions' | 'ratio' | 'job' | 'kill';
  readonly methods: readonly ('GET' | 'POST')[];
  /** Of a job: its name. */
  readonly name: string;
  /** Whether it is answered to everybody. */
  readonly isOpen: boolean;
}

const GET = ['GET'] as const;
const POST = ['POST'] as const;

/** @param url path and query @returns undefined where there is nothing */
export function routeOf(url: string): Route | undefined {
  const [path = ''] = url.split('?');
  switch (path) {
    case '/healthz':
      return { kind: 'health', methods: GET, name: '', isOpen: true };
    case '/openapi.json':
      return { kind: 'document', methods: GET, name: '', isOpen: true };
    case '/metrics':
      return { kind: 'metrics', methods: GET, name: '', isOpen: false };
    case '/submissions':
      return { kind: 'submissions', methods: ['GET', 'POST'], name: '', isOpen: false };
    case '/submissions/check_ratio':
      return { kind: 'ratio', methods: POST, name: '', isOpen: false };
  }
  const [, encoded = '', kill] = /^\/submissions\/([^/]+)(\/kill)?$/.exec(path) ?? [];
  const name = decoded(encoded);
  if (name === undefined || name === '') return undefined;
  return { kind: kill === undefined ? 'job' : 'kill', methods: kill === undefined ? GET : POST, name, isOpen: false };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
