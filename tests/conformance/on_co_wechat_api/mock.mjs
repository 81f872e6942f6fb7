// The mock platform as a process of its own, its test API, and the bot that it pushes to.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What the platform has pushed, and a way to wait for it. */
class Pushes {
  #kept = [];
  #waiting = new Set();

  add(xml) {
    this.#kept.push(xml);
    for (const wake of this.#waiting) wake();
  }

  forget() {
    this.#kept = [];
  }

  /** The XML of the first push that has these elements. */
  async wait(elements, seconds = 20) {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const found = this.#kept.find((xml) =>
        Object.entries(elements).every(([name, value]) => element(xml, name) === value),
      );
      if (found) return found;
      if (Date.now() >= until) throw new Error(`nothing was pushed with ${JSON.stringify(elements)}`);
      await this.#next(until - Date.now());
    }
  }

  #next(milliseconds) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }
}

/** The text of an element that has no others in it. */
export function element(xml, name) {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`, 's').exec(xml);
  return found?.[1];
}

async function startBot(pushes) {
  const bot = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    pushes.add(Buffer.concat(parts).toString());
    response.end('success');
  });
  bot.listen(0, '127.0.0.1');
  await once(bot, 'listening');
  return bot;
}

export class Mock {
  #process;
  #bot;

  static async start(binary, { appId, appSecret, templates }) {
    const mock = new Mock();
    mock.pushes = new Pushes();
    mock.#bot = await startBot(mock.pushes);
    const bot = `http://127.0.0.1:${mock.#bot.address().port}/`;
    const account = ['--app-id', appId, '--app-secret', appSecret, '--token', 'conformance'];
    const where = ['--json', '--listen', '127.0.0.1:0', '--bot', bot, '--templates', templates];
    mock.#process = spawn(binary, [...where, ...account], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface(mock.#process.stdout);
    const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
    assert.ok(line, 'the mock ended before it said where it listens');
    mock.url = JSON.parse(line).platform;
    return mock;
  }

  stop() {
    this.#process.kill();
    this.#bot.close();
    this.#bot.closeAllConnections();
  }

  /** Nobody, nothing said, nothing pushed. */
  async reset() {
    await this.test('reset', {});
    this.pushes.forget();
  }

  /** A call of the test API: POST with a body, GET without. */
  async test(path, body) {
    const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/test/${path}`, options);
    if (!answer.ok) throw new Error(`/test/${path}: ${await answer.text()}`);
    return answer.json();
  }
}
