// What a driver is given: co-wechat-api pointed at the mock, two people, and ways to look at what came of a call.
//
// The client has a prefix for most addresses and writes some in full. All go through its `request`, so a subclass
// carries whatever is meant for the platform to the mock and refuses every other host: nothing leaves the machine.

import assert from 'node:assert/strict';
import { join } from 'node:path';

export const APP_ID = 'wx00000000000000cf';
export const APP_SECRET = '5ec2e75ec2e75ec2e75ec2e75ec2e700';
export const TEMPLATE = 'T'.repeat(43);
export const TEMPLATES = [
  { template_id: TEMPLATE, title: '审核结果', content: '结果：{{phrase1.DATA}}\n说明：{{thing2.DATA}}' },
];

const HOSTS = new Set(['api.weixin.qq.com', 'mp.weixin.qq.com', 'file.api.weixin.qq.com']);

function onMock(mock, address) {
  const url = new URL(address);
  if (!HOSTS.has(url.hostname)) {
    assert.equal(url.origin, mock.url, `${url.hostname} is none of the platform's hosts`);
    return address;
  }
  return mock.url + address.slice(url.origin.length);
}

/** The client's class, reaching nothing but the mock. */
function pointed(API, mock) {
  return class extends API {
    async request(address, ...rest) {
      return super.request(onMock(mock, address), ...rest);
    }
  };
}

export class World {
  /** A platform that nobody has used yet, with a follower who has just written and a stranger. */
  static async begin(API, mock, media) {
    const w = new World();
    await mock.reset();
    const Pointed = pointed(API, mock);
    Object.assign(w, {
      mock,
      media,
      api: new Pointed(APP_ID, APP_SECRET),
      another: (...given) => new Pointed(...given),
    });
    w.openid = await w.follower();
    w.stranger = (await mock.test('users', { follow: false })).openid;
    return w;
  }

  async follower() {
    const { openid } = await this.mock.test('users', {});
    await this.say(openid, { type: 'text', content: '您好' });
    return openid;
  }

  say(openid, what) {
    return this.mock.test(`users/${openid}/say`, what);
  }

  /** Fetches an address of the platform, as a browser would. */
  fetch(address) {
    return fetch(onMock(this.mock, address));
  }

  file(name) {
    return join(this.media, name);
  }

  /** A temporary medium of the account, for drivers that only need its id. */
  async upload(kind, name) {
    const answer = await this.api.uploadMedia(this.file(name), kind);
    return answer.media_id ?? answer.thumb_media_id;
  }

  /** What a person sees that came through this channel, oldest first. */
  async screen(channel, openid = this.openid) {
    const items = await this.mock.test(`users/${openid}/chat`);
    return items.filter((item) => item.channel === channel);
  }

  /** The newest item of that channel has these fields. */
  async shown(channel, fields, openid = this.openid) {
    const item = (await this.screen(channel, openid)).at(-1);
    assert.ok(item, `nothing came by ${channel}`);
    for (const [name, expected] of Object.entries(fields)) assert.deepEqual(item[name], expected);
  }

  /** The call ends with this errcode, with any where the reference names none (null); its words end with a request id. */
  async refused(code, promise) {
    const answer = await promise.catch((error) => {
      assert.ok(
        error.code && [error.code, null].includes(code),
        `${code} was due, not ${error.code}: ${error.message}`,
      );
      assert.match(error.message, / rid: /);
    });
    assert.equal(answer, undefined, `${code} was due, not ${JSON.stringify(answer)}`);
  }
}

/** `{"errcode":0,"errmsg":"ok"}`, whatever else it carries. */
export function ok(answer) {
  assert.deepEqual([answer.errcode, answer.errmsg], [0, 'ok']);
}

/** The answer carries these fields, each of that type; the client reads 64-bit numbers as BigNumber. */
export function has(answer, kinds) {
  for (const [name, kind] of Object.entries(kinds)) {
    const value = answer[name];
    const actual = Array.isArray(value) ? 'array' : value?.constructor?.name === 'BigNumber' ? 'number' : typeof value;
    assert.equal(actual, kind, `${name} in ${JSON.stringify(answer)}`);
  }
}
