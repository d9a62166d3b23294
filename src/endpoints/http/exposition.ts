/** Figures of one name, as Prometheus reads them. */
export interface Family {
  /** Without the `_total` that a counter's samples end in. */
  readonly name: string;
  /** A counter only grows. */
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** The two forms of the text, and what names them. */
export const EXPOSITIONS = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

/**
 * Figures as text: Prometheus' format 0.0.4, or OpenMetrics 1.0, which names a counter without its `_total` and says
 * where it ends. Families without a sample are left out.
 */
export function exposition(families: readonly Family[], form: keyof typeof EXPOSITIONS): string {
  const lines = families.flatMap(({ name, kind, help, samples }) => {
    if (samples.length === 0) return [];
    const sampled = kind === 'counter' ? `${name}_total` : name;
    const called = form === 'openMetrics' ? name : sampled;
    return [
      `# HELP ${called} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${called} ${kind}`,
      ...samples.map(({ labels = {}, value }) => `${sampled}${labelled(labels)} ${value}`),
    ];
  });
  if (form === 'openMetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function labelled(labels: NonNullable<Sample['labels']>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
