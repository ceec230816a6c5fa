#!/usr/bin/env node
// `npm create explab NAME` is `exp init NAME`, before there is a project that has exp.
const { spawnSync } = require('node:child_process');
const { dirname, join } = require('node:path');

const manifest = require.resolve('explab/package.json');
const exp = join(dirname(manifest), require(manifest).bin.exp);
const { status } = spawnSync(process.execPath, [exp, 'init', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
