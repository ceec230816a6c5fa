#!/usr/bin/env node
// TypeScript runs as it is written: each file is compiled when it is first required.
process.env.SWC_NODE_PROJECT ??= require('node:path').join(__dirname, '../../tsconfig.json');
require('@swc-node/register');
void require('./main').main(process.argv.slice(2));
