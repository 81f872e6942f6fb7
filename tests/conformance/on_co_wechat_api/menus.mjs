// Custom menus and QR codes.

import assert from 'node:assert/strict';
import { element } from './mock.mjs';
import { has, ok } from './world.mjs';

const MENU = {
  button: [
    { type: 'click', name: '毕业申请', key: 'K_APPLY' },
    { type: 'view', name: '须知', url: 'https://bot.example/' },
  ],
};
const APPLE = { button: [{ type: 'click', name: '苹果', key: 'K_IOS' }], matchrule: { client_platform_type: '1' } };

export const menus = {
  'menu.createMenu': async (w) => {
    ok(await w.api.createMenu(MENU));
    await w.refused(40016, w.api.createMenu({ button: [] }));
    await w.refused(40018, w.api.createMenu({ button: [{ ...MENU.button[0], name: '毕业申请办理' }] }));
  },
  'menu.getMenu': async (w) => {
    await w.refused(46003, w.api.getMenu());
    await w.api.createMenu(MENU);
    assert.deepEqual(
      (await w.api.getMenu()).menu.button.map(({ name }) => name),
      ['毕业申请', '须知'],
    );
  },
  'menu.removeMenu': async (w) => {
    await w.api.createMenu(MENU);
    ok(await w.api.removeMenu());
    await w.refused(46003, w.api.getMenu());
  },
  'menu.getMenuConfig': async (w) => {
    await w.api.createMenu(MENU);
    const answer = await w.api.getMenuConfig();
    assert.deepEqual([answer.is_menu_open, answer.selfmenu_info.button[0].name], [1, '毕业申请']);
  },
  'menu.addConditionalMenu': async (w) => {
    await w.refused(65303, w.api.addConditionalMenu(APPLE));
    await w.api.createMenu(MENU);
    assert.ok((await w.api.addConditionalMenu(APPLE)).menuid);
    assert.equal((await w.api.getMenu()).conditionalmenu.length, 1);
  },
  'menu.delConditionalMenu': async (w) => {
    await w.api.createMenu(MENU);
    const { menuid } = await w.api.addConditionalMenu(APPLE);
    ok(await w.api.delConditionalMenu(String(menuid)));
    await w.refused(65301, w.api.delConditionalMenu(String(menuid)));
  },
  'menu.tryConditionalMenu': async (w) => {
    await w.api.createMenu(MENU);
    const answer = await w.api.tryConditionalMenu(w.openid);
    assert.deepEqual(
      (answer.menu ?? answer).button.map(({ name }) => name),
      ['毕业申请', '须知'],
    );
    await w.refused(65302, w.api.tryConditionalMenu('nobody'));
  },
  'qrcode.createTmpQRCode': async (w) => {
    for (const scene of [7, 'place_tianhe']) {
      const answer = await w.api.createTmpQRCode(scene, 600);
      has(answer, { ticket: 'string', url: 'string' });
      assert.equal(answer.expire_seconds, 600);
    }
    await w.refused(40035, w.api.createTmpQRCode(0, 600));
  },
  'qrcode.createLimitQRCode': async (w) => {
    const { ticket } = await w.api.createLimitQRCode('海报');
    await w.say(w.openid, { type: 'scan', ticket });
    const xml = await w.mock.pushes.wait({ FromUserName: w.openid, Event: 'SCAN' });
    assert.deepEqual([element(xml, 'EventKey'), element(xml, 'Ticket')], ['海报', ticket]);
    has(await w.api.createLimitQRCode(100_000), { ticket: 'string' });
    await w.refused(40035, w.api.createLimitQRCode(100_001));
  },
  'qrcode.showQRCodeURL': async (w) => {
    const { ticket } = await w.api.createLimitQRCode(7);
    const picture = await w.fetch(w.api.showQRCodeURL(encodeURIComponent(ticket)));
    assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpeg']);
    assert.equal((await w.fetch(w.api.showQRCodeURL('no-such-ticket'))).status, 404);
  },
};
