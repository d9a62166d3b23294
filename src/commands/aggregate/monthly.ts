import { rollupCommand } from '../../cli/aggregate-rollup.js';

export default rollupCommand('monthly', 'month', 'freshet produce yt --days 3 | <%= config.bin %> aggregate monthly');
