import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { database } from '../services/fresh-names.js';
import { mariadb } from '../services/mariadb.js';
import { service } from '../services/service.js';
import { executableFolder, expectedOf, findCases, limited, runCase, writeExpected } from './run-case.js';

/*
 * Each folder AREA/NAME holds a command line (`cmd`), its standard input (`input`), and what it must write to standard
 * output (`expout`) and standard error (`experr`), byte for byte, and its exit status (`expstatus`). `npm run
 * cases:update` writes what the commands give now: the difference is to be read before it is kept.
 */
const update = process.env.UPDATE_CASES !== undefined;
const only = process.env.UPDATE_CASES ?? '';
const bin = executableFolder();
const inTurn = limited(2);
const cases = findCases();
const mysql = cases.some((one) => one.needsMysql) ? await service(mariadb) : undefined;

afterAll(() => rmSync(bin, { recursive: true, force: true }));

describe.concurrent('the command line', () => {
  for (const one of cases) {
    it.skipIf(one.needsMysql && mysql === undefined)(one.name, async () => {
      if (update && !one.name.includes(only)) return;
      const outcome = await inTurn(() => runCase(one, bin, { database }));
      if (update) writeExpected(one, outcome);
      else expect(outcome).toEqual(expectedOf(one));
    });
  }
});
