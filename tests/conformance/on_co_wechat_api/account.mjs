// Token, JS-SDK, network, agents.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { element } from './mock.mjs';
import { APP_ID, APP_SECRET, has, ok } from './world.mjs';

export const token = {
  'common.getAccessToken': async (w) => {
    const token = await w.api.getAccessToken();
    assert.ok(token.isValid() && token.expireTime - Date.now() > 7_180_000);
    for (const [appId, secret, code] of [
      ['wx0', APP_SECRET, 40013],
      [APP_ID, 'wrong', 40125],
      ['', APP_SECRET, 41002],
    ]) {
      await w.refused(code, w.another(appId, secret).getAccessToken());
    }
  },
  'common.ensureAccessToken': async (w) => {
    const { accessToken } = await w.api.ensureAccessToken();
    assert.equal((await w.api.ensureAccessToken()).accessToken, accessToken);
  },
  'common.request': async (w) => {
    const { accessToken } = await w.api.ensureAccessToken();
    await w.mock.test('faults', { target: '/cgi-bin/getcallbackip', kind: 'token_expired', times: 1 });
    has(await w.api.getIp(), { ip_list: 'array' });
    assert.notEqual((await w.api.ensureAccessToken()).accessToken, accessToken, '42001 brought no new token');
    await w.refused(40066, w.api.request(`${w.api.prefix}no/such/call?access_token=${accessToken}`));
  },
};

export const web = {
  'ip.getIp': async (w) => {
    const { ip_list: ips } = await w.api.getIp();
    assert.ok(ips.length && ips.every((ip) => typeof ip === 'string'));
  },
  'js.getTicket': async (w) => {
    const ticket = await w.api.getTicket();
    assert.ok(ticket.isValid() && ticket.expireTime - Date.now() > 7_180_000);
    await w.refused(null, w.api.getTicket('dance'));
  },
  'js.ensureTicket': async (w) => {
    assert.equal((await w.api.ensureTicket('jsapi')).ticket, (await w.api.getTicket()).ticket);
  },
  'js.getLatestTicket': async (w) => {
    assert.equal((await w.api.getLatestTicket()).ticket, (await w.api.ensureTicket('jsapi')).ticket);
  },
  'js.getCardExt': async (w) => {
    assert.ok((await w.api.getCardExt({ card_id: 'pFS7Fjg8kV1IdDz01r4SQwMkuCKc' })).signature);
  },
  'js.getJsConfig': async (w) => {
    const url = 'https://bot.example/camera?a=1';
    const config = await w.api.getJsConfig({ debug: false, jsApiList: ['scanQRCode'], url });
    const { ticket } = await w.api.ensureTicket('jsapi');
    const words = `jsapi_ticket=${ticket}&noncestr=${config.nonceStr}&timestamp=${config.timestamp}&url=${url}`;
    assert.equal(config.signature, createHash('sha1').update(words).digest('hex'));
    assert.equal(config.appId, APP_ID);
  },
};

const AGENT = 'chen@gh_0000000000aa';

export const agents = {
  'custom_service.addKfAccount': async (w) => {
    ok(await w.api.addKfAccount(AGENT, '陈老师'));
    await w.refused(61453, w.api.addKfAccount(AGENT, '陈老师'));
  },
  'custom_service.updateKfAccount': async (w) => {
    await w.api.addKfAccount(AGENT, '陈老师');
    ok(await w.api.updateKfAccount(AGENT, '李老师'));
    await w.refused(61452, w.api.updateKfAccount('nobody@gh_0000000000aa', '李老师'));
  },
  'custom_service.deleteKfAccount': async (w) => {
    await w.api.addKfAccount(AGENT, '陈老师');
    ok(await w.api.deleteKfAccount(AGENT));
    await w.refused(61452, w.api.deleteKfAccount(AGENT));
  },
  'custom_service.getCustomServiceList': async (w) => {
    await w.api.addKfAccount(AGENT, '陈老师');
    const agent = (await w.api.getCustomServiceList()).kf_list.find((one) => one.kf_account === AGENT);
    assert.equal(agent.kf_nick, '陈老师');
    has(agent, { kf_id: 'string', kf_headimgurl: 'string' });
  },
  'custom_service.getOnlineCustomServiceList': async (w) => {
    has(await w.api.getOnlineCustomServiceList(), { kf_online_list: 'array' });
  },
  'custom_service.setKfAccountAvatar': async (w) => {
    await w.api.addKfAccount(AGENT, '陈老师');
    ok(await w.api.setKfAccountAvatar(AGENT, w.file('photo.jpg')));
    await w.refused(61457, w.api.setKfAccountAvatar(AGENT, w.file('text.txt')));
  },
  'custom_service.createKfSession': async (w) => {
    await w.api.addKfAccount(AGENT, '陈老师');
    ok(await w.api.createKfSession(AGENT, w.openid));
    const xml = await w.mock.pushes.wait({ Event: 'kf_create_session', FromUserName: w.openid });
    assert.equal(element(xml, 'KfAccount'), AGENT);
    await w.refused(61452, w.api.createKfSession('nobody@gh_0000000000aa', w.openid));
  },
};
