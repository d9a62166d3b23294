/** Why topics can't stand in for some cases. */
export interface Exception {
  readonly why: string;
  /** As `AREA/NAME`. */
  readonly cases: readonly string[];
  /**
   * What of their command lines tells it where they are not run: they would not end, or would do again what
   * test/cases has done. All others are run, and nothing of them goes through topics, or something else comes of it.
   */
  readonly shown?: RegExp;
}

/** Names of cases of one area. */
const of = (area: string, names: string): string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${area}/${name}`);

/** Of command lines without any command that topics could stand in for. */
const NO_RECORDS = /^(?![\s\S]*freshet (aggregate|monitor (ratio|missing|anomaly)|produce|store|transform)\b)/;

/** All other cases give through a topic of one partition, byte for byte, what they give through pipes and files. */
export const OF_TOPICS: readonly Exception[] = [
  {
    why: 'no command of it reads or writes records',
    shown: NO_RECORDS,
    cases: [
      ...of(
        'job',
        `bad-name json-messages list-of-none no-command no-program no-room-for-state run-and-logs table unknown-flag
         unknown-job`,
      ),
      ...of('monitor', 'file-alias-of-itself file-check file-mistakes file-not-there file-not-yaml typo'),
      ...of(
        'schema',
        `check-annotation check-good check-missing check-names-and-defaults check-no-json check-unknown-type
         every-built-in-is-valid list show-dead_letter show-event show-missing-file show-outcome show-pair show-sensor
         show-sensor_hourly show-unknown show-unknown-far-off show-yt show-yt_daily show-yt_monthly`,
      ),
      ...of('usage', 'no-such-command version'),
    ],
  },
  {
    why: 'it asks for help, or is refused before anything is read',
    cases: [
      'job/command-without-dashes',
      ...of(
        'usage',
        `every extra-word flag-without-value help-in-other-words help-of-aggregate help-through-head
         mistakes-in-outputs-of-made-records-open-nothing no-such-flag-at-all no-such-period`,
      ),
    ],
  },
  {
    why: 'a schema is inferred from files and pipes: that of a topic is the registry to ask for',
    shown: /freshet schema infer/,
    cases: of(
      'schema',
      `infer-array-over-lines infer-csv infer-empty infer-epoch-times infer-key-unknown infer-mixed-types infer-ndjson
       infer-nested infer-nothing-but-garbage infer-standard-input infer-time-that-is-none infer-time-unknown
       infer-with-key-and-time`,
    ),
  },
  {
    why: 'a report shows records and writes none: of topics it has fields in the order of their schema, and tests of its own',
    shown: NO_RECORDS,
    cases: [
      ...of(
        'report',
        `bare-word bare-word-of-a-file broken-records control-characters-and-pipes csv empty every-0 every-and-once
         every-html every-shows-the-last-markdown every-shows-the-last-table head html-escapes html-needs-nothing-else
         json limit-0 markdown missing-database no-colour-in-a-pipe no-database-at-all no-terminal one-row plain-format
         plain-limit positional table wide-text without-once`,
      ),
      'where/in-report',
    ],
  },
  {
    why: 'a file of monitors names its inputs itself',
    shown: NO_RECORDS,
    cases: of(
      'monitor',
      'file-of-standard-input file-run file-test file-test-inputs file-test-writes-nothing file-that-can-not-open',
    ),
  },
  {
    why: 'CSV and TSV are no formats of topics',
    cases: [
      ...of(
        'formats',
        `avro-key-and-time-given csv-bad-rows csv-crlf-and-byte-order-mark csv-empty csv-of-a-header-only
         csv-quoted-line-feed csv-that-lacks-a-field csv-through-a-pipe-is-found-out csv-with-a-header
         csv-without-a-header`,
      ),
      ...of('issue', 'parity schema-of-flights'),
      'monitor/pass-csv',
      'periods/a-column-that-is-no-label-is-none',
      ...of('schema', 'a-raw-field-called-like-the-period composite-key'),
      ...of('transform', 'parity-bad parity-bad-white-space parity-found-out parity-tsv parity-white-space'),
      ...of('window', 'by-two missing-values-do-not-count'),
    ],
  },
  {
    why: 'a topic has no files that are compressed: the batches of its records are, by other means',
    cases: of(
      'paths',
      `gzip gzip-cut gzip-damaged gzip-from-standard-input gzip-of-nothing gzip-of-two-members zstd zstd-cut
       zstd-cut-after-records zstd-of-two-frames`,
    ),
  },
  {
    why: 'an Avro file that is cut, damaged or none holds no records that a topic could have',
    cases: of('formats', 'avro-cut-in-a-block avro-cut-in-its-header avro-that-is-none wrong-format-told'),
  },
  {
    why: 'it is about paths: folders, patterns, files that are missing or named like something else',
    cases: [
      ...of('paths', 'folder missing pattern pattern-over-folders pattern-without-files'),
      ...of('usage', 'a-colon-in-a-path bug-free-debug'),
    ],
  },
  {
    why: 'it is about files that are several of input, output and dead letters at once',
    cases: [
      ...of('monitor', 'ratio-report-file-dead ratio-report-file-its-input'),
      ...of('paths', 'dead-is-output input-is-output input-is-output-by-redirection'),
    ],
  },
  {
    why: 'it is about standard output itself, for which a topic stands',
    cases: [
      ...of('monitor', 'pass pass-and-rows pass-and-stdout ratio-report-file-stdout'),
      'paths/full-disk-of-standard-output',
    ],
  },
  {
    why: 'the limit of a process does not reach the one that works by way of topics',
    cases: ['paths/file-limit', 'store/limit-of-the-file'],
  },
  {
    why: 'a record of it is larger than topics take',
    cases: of('bad-input', 'line-of-100-mb line-of-100-mb-that-is-broken'),
    shown: /^node records\.mjs \|/,
  },
  {
    why: 'its input never comes',
    shown: /^mkfifo never$/m,
    cases: ['usage/mistakes-in-outputs-wait-for-nothing'],
  },
  {
    why: 'its input has no end',
    cases: ['pipes/interrupt-of-a-producer', 'produce/endless-through-head'],
  },
  {
    why: 'it makes a million records, and looks at one of them',
    cases: of('pipes', 'reader-of-both-outputs-goes-away status-when-the-reader-goes-away'),
    shown: /produce yt --count 1000000/,
  },
  {
    why: 'it looks at what is written while a pipe stays open, and a topic stands for the whole of one',
    cases: [
      ...of(
        'emit',
        'closed-rows-come-before-the-end every-line idle-close update-writes-again-what-changed update-writes-nothing-twice',
      ),
      ...of('pipes', 'interrupt interrupt-drain-has-an-end second-interrupt-ends-at-once terminate'),
    ],
    shown: /mkfifo in; [^&]*< in > (out|rows)/,
  },
  {
    why: 'it looks at what is told while a pipe stays open, and a stand-in tells all at the end',
    cases: ['pipes/reader-of-the-warnings-goes-away'],
    shown: /head -1 < warnings > first &/,
  },
  {
    why: 'a signal ends it while nothing has come',
    cases: ['pipes/terminate-before-the-first-byte'],
    shown: /mkfifo pipe; sleep 20 > pipe/,
  },
  {
    why: 'rows that are not final are written before an error: they are final where the last of them stands',
    cases: ['emit/max-state-is-reached', 'pipes/summary-comes-last'],
  },
  {
    why: 'a value that begins with a NUL is one of Avro in a topic',
    cases: of('bad-input', 'nul-bytes utf-16'),
  },
  {
    why: 'dead letters of topics have other columns in a table',
    cases: ['bad-input/dead-letters-in-a-table'],
  },
  {
    why: 'each record of a topic has a schema of its own: one that does not fit is a dead letter',
    cases: ['formats/avro-of-another-schema'],
  },
  {
    why: 'windows of a topic stay open at the end of a run, for the next one',
    cases: of(
      'monitor',
      `ratio-by-group ratio-in-a-row ratio-in-a-table ratio-late-records ratio-of-arrivals ratio-of-every-window
       ratio-of-too-few ratio-report-file ratio-report-file-of-groups ratio-report-file-stdout-alone ratio-slides
       ratio-that-is-good where missing-of-nothing`,
    ),
  },
  {
    why: 'several topics have no order among them',
    cases: ['monitor/missing-of-two-files'],
  },
];

/** The README's blocks that print something else by way of topics, by how their first command begins. */
export const OF_README: readonly { readonly why: string; readonly begins: string }[] = [
  {
    why: 'it looks at what is written while a pipe stays open, and a topic stands for the whole of one',
    begins: '(head -4 yt.ndjson; sleep 3;',
  },
  {
    why: 'windows of a topic stay open at the end of a run, for the next one',
    begins: 'freshet monitor ratio',
  },
  {
    why: 'rows and what is told come out of topics one after the other',
    begins: `printf '%s\\n' '{"yt_channel_id":"a"`,
  },
];

/** All others that give rows give the same ones by way of four partitions, in whatever order. */
export const OF_ONE_PARTITION: readonly Exception[] = [
  {
    why: 'it looks at the order of all rows',
    cases: [
      ...of('formats', 'avro-damaged-marker round-trip-through-each to-msgpack'),
      ...of('issue', 'pipes window'),
      'paths/table-to-a-file',
      'pipes/the-whole-chain',
      'store/twice-is-the-same',
    ],
  },
  {
    why: 'it cuts what it has written in whatever order, or names lines of it',
    cases: [...of('paths', 'gzip-cut-after-records gzip-cut-into-a-store'), 'store/refused-rows'],
  },
  {
    why: 'each partition says by itself what is late',
    cases: ['emit/late-records'],
  },
  {
    why: 'a record ends the run before those of other partitions',
    cases: ['bad-input/strict-keeps-the-letter'],
  },
];

/** And of those, these do not where three copies share them. */
export const OF_COPIES: readonly Exception[] = [
  {
    why: 'all that read from topics write files, and copies would write over each other',
    cases: ['issue/daily-to-avro'],
  },
  {
    why: 'each copy says what is wrong',
    cases: ['mysql/no-create'],
  },
  {
    why: 'SQLite leaves its log where two let go of a file at the same moment',
    cases: ['store/no-log-is-left-behind'],
  },
];
