import { rollupCommand } from '../../cli/aggregate-rollup.js';

export default rollupCommand('daily', 'day', 'freshet produce yt --days 3 | <%= config.bin %> aggregate daily');
