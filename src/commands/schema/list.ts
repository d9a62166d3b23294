import { generalFlags } from '../../cli/flags.js';
import { FreshetCommand } from '../../cli/freshet-command.js';
import { writeOut } from '../../cli/write-out.js';
import { builtInSchemas, loadSchema } from '../../pipeline/schema-files.js';

export default class SchemaList extends FreshetCommand {
  static override summary = 'the schemas that come with freshet';
  static override examples = ['<%= config.bin %> schema list'];
  static override flags = { ...generalFlags };

  protected async work(): Promise<void> {
    await this.parse(SchemaList);
    const lines = builtInSchemas().map((name) => {
      const schema = loadSchema(name);
      const key = schema.key.length === 0 ? '-' : schema.key.join(',');
      return [name, key, schema.time?.path ?? '-', schema.doc ?? ''];
    });
    const rows = [['NAME', 'KEY', 'TIME', 'WHAT'], ...lines];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
    const text = rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    await writeOut(`${text.join('\n')}\n`);
  }
}
