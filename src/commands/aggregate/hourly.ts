import { rollupCommand } from '../../cli/aggregate-rollup.js';

export default rollupCommand('hourly', 'hour', 'freshet produce yt --days 3 | <%= config.bin %> aggregate hourly');
