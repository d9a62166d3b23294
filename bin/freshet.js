#!/usr/bin/env node
const { loadBundle } = require('./load-bundle.js');

const { main, COMMANDS } = loadBundle().exports;

main(process.argv.slice(2), COMMANDS).then((status) => process.exit(status));
