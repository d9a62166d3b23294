// The set `mysql`: daily rows into MariaDB or MySQL, by `freshet store daily` and by select-then-update. The server is
// that of FRESHET_TEST_MYSQL, else one that is started for this, as the tests do.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import mysql from 'mysql2/promise';
import { demandEqual, readAnswer } from './answers.mjs';
import { DATA, fileOf } from './data-sets.mjs';
import { PEAK } from './goals.mjs';
import { partReport } from './kafka/report.mjs';
import { writeDaily } from './make/daily.mjs';
import { table } from './report.mjs';
import { measureProgram, runProgram } from './run-program.mjs';
import { testService } from './test-service.mjs';
import { mediansOf } from './trial.mjs';

const MOST_RECORDS = 1_000_000;
/** The peer stores so much fewer rows: rates are compared. */
const SHARE = 50;
const GOAL = 60;
const TITLE = 'Daily rows into MySQL';
const DATABASE = 'freshet_bench';
const SET = { id: 'daily-rows', format: 'ndjson', write: writeDaily };
/** Room for the table, and for its log: as a server has that is set up to be written to. */
const FLAGS = ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=512M'];
/** The table of the origin, which both store into. */
const COLUMNS =
  'harvest_ts DATETIME, channel VARCHAR(100) CHARACTER SET latin1 COLLATE latin1_nopad_bin, date DATETIME, subs INT, PRIMARY KEY (channel, date)';

/** Measures, or with `short` compares the tables alone. */
export const mysqlRows = { id: 'mysql', peers: [], run: mysqlPart };

async function mysqlPart(stage) {
  const { records, rounds, short, say } = stage.options;
  const rows = Math.min(records, MOST_RECORDS);
  const few = Math.ceil(rows / SHARE);
  const [all, some] = [fileOf(SET, rows, say), fileOf(SET, few, say)];
  const { address, stop } = await serverFor(say);
  const uri = new URL(`${address}/${DATABASE}`);
  process.env.MYSQL_PWD = decodeURIComponent(uri.password);
  uri.password = '';
  const programs = [
    { id: 'freshet', name: 'freshet store daily', rows, path: all, command: freshet },
    { id: 'row_by_row', name: 'select-then-update', rows: few, path: some, command: selectThenUpdate(1) },
    {
      id: 'by_thousands',
      name: 'select-then-update, 1000 rows a commit',
      rows: few,
      path: some,
      command: selectThenUpdate(1000),
    },
  ];
  const connection = await mysql.createConnection({ uri: address, dateStrings: true });
  try {
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
    await connection.query(`USE ${DATABASE}`);
    const given = await answersOf(connection, programs, uri.href, some);
    if (short) return `${TITLE}: ${given.rows} rows, the same from ${programs.map(({ name }) => name).join('; ')}`;
    const runs = new Map(programs.map(({ id }) => [id, []]));
    for (let round = 1; round <= rounds; round++) {
      say(`mysql: round ${round} of ${rounds}`);
      for (const { id, path, command } of programs) {
        await makeTable(connection, id);
        runs.get(id).push(measureProgram(command(uri.href, id, path), { output: '/dev/null' }));
      }
    }
    return reportOf(stage, programs, mediansOf(runs));
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    await connection.end();
    await stop();
  }
}

function freshet(uri, table, path) {
  return ['node', 'bin/freshet.js', 'store', 'daily', '--no-create', '--from', path, '--to', `${uri}#${table}`];
}

function selectThenUpdate(rowsOfCommit) {
  return (uri, table, path) => [
    ...['node', 'bench/peers/select-then-update.mjs', uri, table, path],
    String(rowsOfCommit),
  ];
}

/** Has every program store the same rows, and demands that the tables are the same. */
async function answersOf(connection, programs, uri, path) {
  mkdirSync(`${DATA}answers`, { recursive: true });
  let first;
  for (const { id, name, command } of programs) {
    await makeTable(connection, id);
    runProgram(command(uri, id, path), { output: '/dev/null' });
    const output = `${DATA}answers/mysql-${id}.ndjson`;
    const [rows] = await connection.query(
      `SELECT channel AS yt_channel_id, DATE_FORMAT(harvest_ts, '%Y-%m-%dT%H:%i:%s') AS harvest_ts, DATE_FORMAT(date, '%Y-%m-%d') AS date, subs FROM ${id}`,
    );
    writeFileSync(output, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const answer = { ...(await readAnswer(output)), name };
    if (first === undefined) first = answer;
    else await demandEqual(first, answer, [first.name, name]);
  }
  rmSync(`${DATA}answers`, { recursive: true });
  return first;
}

async function makeTable(connection, name) {
  await connection.query(`DROP TABLE IF EXISTS ${name}`);
  await connection.query(`CREATE TABLE ${name} (${COLUMNS})`);
}

function reportOf(stage, programs, medians) {
  const rate = ({ id, rows }) => rows / medians.get(id).wall;
  const lines = programs.map((program) => {
    const { wall, cpu, peak } = medians.get(program.id);
    const shown = [wall.toFixed(2), cpu.toFixed(2), PEAK.show(peak), Math.round(rate(program)).toLocaleString('en-US')];
    return [program.name, program.rows.toLocaleString('en-US'), ...shown];
  });
  const [freshetRate, each, many] = programs.map(rate);
  const times = (name, limit) => ({ name, limit, least: true, show: (value) => `${value.toFixed(1)} times` });
  return partReport(stage, {
    title: TITLE,
    amount: `${programs[0].rows.toLocaleString('en-US')} rows`,
    lines: [
      ...table([`median of ${stage.options.rounds}`, 'rows', 'wall s', 'CPU s', 'peak', 'rows/s'], lines),
      '',
      `- against the same with 1000 rows a commit: ${(freshetRate / many).toFixed(1)} times`,
    ],
    goals: [[times('rows a second against select-then-update', GOAL), freshetRate / each]],
  });
}

async function serverFor(say) {
  const given = process.env.FRESHET_TEST_MYSQL;
  if (given) return { address: given, stop: async () => {} };
  say('mysql: starting a MariaDB of its own');
  const { startMariadb } = await testService('mariadb.ts');
  const folder = `${DATA}mariadb-${process.pid}`;
  const server = await startMariadb(folder, { flags: FLAGS });
  return {
    address: server.address,
    stop: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
