import { rollupCommand } from '../../cli/aggregate-rollup.js';

export default rollupCommand('weekly', 'week', 'freshet produce yt --days 3 | <%= config.bin %> aggregate weekly');
