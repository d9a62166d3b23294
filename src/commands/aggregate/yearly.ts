import { rollupCommand } from '../../cli/aggregate-rollup.js';

export default rollupCommand('yearly', 'year', 'freshet produce yt --days 3 | <%= config.bin %> aggregate yearly');
