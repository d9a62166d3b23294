#!/usr/bin/env node
const { loadBundle } = require('./load-bundle.js');

// An older Node lacks what the bundle is made of, and fails somewhere in its midst.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  process.emitWarning(`freshet needs Node 20.11 or later, and this is ${process.versions.node}`);
}

const { main, COMMANDS } = loadBundle().exports;

main(process.argv.slice(2), COMMANDS).then((status) => process.exit(status));
