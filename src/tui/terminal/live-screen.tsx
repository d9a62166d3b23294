import { Box } from 'ink';
import { createElement } from 'react';
import type { Frame } from '../draw/frame.js';

export interface LiveScreenProps {
  readonly frame: Frame;
  readonly width: number;
}

/** The parts of a frame from top to bottom. */
export function LiveScreen({ frame, width }: LiveScreenProps) {
  return (
    <Box flexDirection="column">
      <Lines lines={frame.head} width={width} />
      <Lines lines={frame.table} width={width} />
      <Lines lines={frame.chart} width={width} />
      <Lines lines={frame.alerts} width={width} />
      <Lines lines={frame.foot} width={width} />
    </Box>
  );
}

/**
 * Lines that have their width already. Of a text without a size Ink would measure every line, and keep each that it
 * has ever measured.
 */
function Lines({ lines, width }: { readonly lines: readonly string[]; readonly width: number }) {
  if (lines.length === 0) return null;
  const text = lines.map((line) => line || ' ').join('\n');
  return createElement('ink-text', { style: { width, height: lines.length, textWrap: 'truncate' } }, text);
}
