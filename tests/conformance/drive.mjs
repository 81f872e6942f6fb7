// co-wechat-api drives the mock platform: `drive.mjs MOCK MEDIA RESULTS MODULES`.
//
// MOCK is the mock's binary, MEDIA a folder filled by `media.py`, MODULES the `node_modules` that hold the client;
// RESULTS is written, one row for each call. Every method of the client is found by introspection, named by the file
// that brings it in. One without a driver is called with placeholders, and its row says whether the mock knew the
// address: `table.py` takes it only if `excluded.toml` names it.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { agents, token, web } from './on_co_wechat_api/account.mjs';
import { mass } from './on_co_wechat_api/mass.mjs';
import { media } from './on_co_wechat_api/media.mjs';
import { menus } from './on_co_wechat_api/menus.mjs';
import { custom, templates } from './on_co_wechat_api/messages.mjs';
import { Mock } from './on_co_wechat_api/mock.mjs';
import { people } from './on_co_wechat_api/people.mjs';
import { APP_ID, APP_SECRET, TEMPLATES, World } from './on_co_wechat_api/world.mjs';

const CLIENT = 'co-wechat-api';
const FAMILIES = {
  token,
  'customer messages': custom,
  templates,
  'media, material': media,
  'mass messages': mass,
  'users, tags': people,
  'menus, QR codes': menus,
  'JS-SDK, network': web,
  agents,
};
// Settings of the client, which ask the platform nothing.
const NO_CALLS = new Set(['constructor', 'setOpts', 'registerTicketHandle']);

/** `file.method` for all that the client can do to the platform. */
async function surface(require, API) {
  const folder = join(require.resolve(CLIENT), '..', 'lib');
  const names = new Map();
  for (const file of (await readdir(folder)).filter((name) => /^api_(?!common)\w+\.js$/.test(name))) {
    for (const method of Object.keys(require(join(folder, file))))
      names.set(method, basename(file, '.js').slice('api_'.length));
  }
  const methods = Object.getOwnPropertyNames(API.prototype).filter((method) => !NO_CALLS.has(method));
  return methods.map((method) => `${names.get(method) ?? 'common'}.${method}`).sort();
}

async function drive(begin, family, call, driver) {
  const row = { client: CLIENT, family, call, driven: true };
  try {
    await driver(await begin());
    return { ...row, ok: true, error: '' };
  } catch (error) {
    const at = /on_co_wechat_api\/\w+\.mjs:\d+/.exec(error.stack ?? '')?.[0] ?? '';
    return { ...row, ok: false, error: `${at} ${error.name} ${error.code ?? ''}: ${error.message}` };
  }
}

/** Calls a method with placeholders; which addresses that came of it the mock knew. */
async function probe(w, call) {
  const method = call.split('.')[1];
  const before = (await w.mock.test('calls')).at(-1)?.seq ?? 0;
  const placeholders = Array.from({ length: w.api[method].length }, () => '1');
  await Promise.resolve(w.api[method](...placeholders)).catch(() => undefined);
  const calls = await w.mock.test(`calls?after=${before}`);
  const known = calls
    .filter(({ errcode, path }) => errcode !== 40066 && path !== '/cgi-bin/token')
    .map(({ path }) => path);
  return { client: CLIENT, family: '', call, driven: false, known };
}

async function rows(begin, names) {
  const found = [];
  for (const [family, calls] of Object.entries(FAMILIES)) {
    for (const [call, driver] of Object.entries(calls)) found.push(await drive(begin, family, call, driver));
  }
  const driven = new Set(found.map(({ call }) => call.split('(')[0]));
  for (const call of driven) assert.ok(names.includes(call), `${CLIENT} has no ${call}`);
  const w = await begin();
  for (const call of names.filter((name) => !driven.has(name))) found.push(await probe(w, call));
  return found;
}

async function main([binary, media, results, modules]) {
  // One method of the client starts a call and does not wait for it; what comes of that is in the mock's log.
  process.on('unhandledRejection', () => undefined);
  process.removeAllListeners('warning');
  const require = createRequire(join(modules, 'any.js'));
  const API = require(CLIENT);
  const scratch = await mkdtemp(join(tmpdir(), 'conformance-'));
  const templates = join(scratch, 'templates.json');
  await writeFile(templates, JSON.stringify(TEMPLATES));
  const mock = await Mock.start(binary, { appId: APP_ID, appSecret: APP_SECRET, templates });
  try {
    const found = await rows(() => World.begin(API, mock, media), await surface(require, API));
    await writeFile(results, JSON.stringify(found));
  } finally {
    mock.stop();
    await rm(scratch, { recursive: true });
  }
}

await main(process.argv.slice(2));
