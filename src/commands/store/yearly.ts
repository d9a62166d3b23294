import { storeCommand } from '../../cli/store-rollup.js';

export default storeCommand('yearly');
