// Token, people, media, menus, QR codes, JS-SDK, agents.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { element } from './mock.mjs';
import { APP_ID, APP_SECRET, has, ok } from './world.mjs';

export const token = {
  'common.getAccessToken': async (w) => {
    const token = await w.api.getAccessToken();
    assert.ok(token.isValid() && token.expireTime - Date.now() > 7_180_000);
    for (const [appId, secret, code] of [['wx0', APP_SECRET, 40013], [APP_ID, 'wrong', 40125], ['', APP_SECRET, 41002]]) {
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

export const people = {
  'user.getUser': async (w) => {
    const answer = await w.api.getUser({ openid: w.openid, lang: 'zh_CN' });
    assert.deepEqual([answer.subscribe, answer.openid], [1, w.openid]);
    has(answer, { subscribe_time: 'number', remark: 'string', groupid: 'number', tagid_list: 'array', subscribe_scene: 'string' });
    assert.equal((await w.api.getUser(w.stranger)).subscribe, 0);
    await w.refused(40003, w.api.getUser('nobody'));
  },
  'user.batchGetUsers': async (w) => {
    const [first, second] = (await w.api.batchGetUsers([w.openid, w.stranger])).user_info_list;
    assert.deepEqual([first.openid, first.subscribe, second.subscribe], [w.openid, 1, 0]);
    await w.refused(40003, w.api.batchGetUsers(['nobody']));
  },
  'user.getFollowers': async (w) => {
    const other = await w.follower();
    const answer = await w.api.getFollowers();
    assert.deepEqual([answer.total, answer.count, answer.next_openid], [2, 2, other]);
    assert.deepEqual(answer.data.openid, [w.openid, other]);
    assert.equal((await w.api.getFollowers(other)).count, 0);
  },
  'user.updateRemark': async (w) => {
    ok(await w.api.updateRemark(w.openid, '六月批次'));
    assert.equal((await w.api.getUser(w.openid)).remark, '六月批次');
    await w.refused(40003, w.api.updateRemark('nobody', '六月批次'));
  },
  'user.createTags': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    assert.ok(tag.id > 2 && tag.name === '六月批次');
    await w.refused(45157, w.api.createTags('六月批次'));
    await w.refused(45158, w.api.createTags('一二三四五六七八九十多'));
  },
  'user.getTags': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    const found = (await w.api.getTags()).tags.find(({ id }) => id === tag.id);
    assert.deepEqual([found.name, found.count], ['六月批次', 0]);
  },
  'user.updateTag': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    ok(await w.api.updateTag(tag.id, '十二月批次'));
    assert.ok((await w.api.getTags()).tags.some(({ name }) => name === '十二月批次'));
    await w.refused(45058, w.api.updateTag(2, '星标'));
  },
  'user.deleteTag': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    ok(await w.api.deleteTag(tag.id));
    assert.ok(!(await w.api.getTags()).tags.some(({ id }) => id === tag.id));
    await w.refused(45058, w.api.deleteTag(2));
  },
  'user.batchTagging': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    ok(await w.api.batchTagging([w.openid, await w.follower()], tag.id));
    assert.deepEqual((await w.api.getUser(w.openid)).tagid_list, [tag.id]);
    await w.refused(45159, w.api.batchTagging([w.openid], 9_999));
    await w.refused(40003, w.api.batchTagging(['nobody'], tag.id));
  },
  'user.batchUnTagging': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    ok(await w.api.batchTagging([w.openid], tag.id));
    ok(await w.api.batchUnTagging([w.openid], tag.id));
    assert.deepEqual((await w.api.getUser(w.openid)).tagid_list, []);
    await w.refused(45159, w.api.batchUnTagging([w.openid], 9_999));
  },
  'user.getUsersFromTag': async (w) => {
    const { tag } = await w.api.createTags('六月批次');
    ok(await w.api.batchTagging([w.openid], tag.id));
    const answer = await w.api.getUsersFromTag(tag.id);
    assert.deepEqual([answer.count, answer.data.openid], [1, [w.openid]]);
    await w.refused(45159, w.api.getUsersFromTag(9_999));
  },
  'user.getIdList': async (w) => {
    assert.deepEqual((await w.api.getIdList(w.openid)).tagid_list, []);
    await w.refused(40003, w.api.getIdList('nobody'));
  },
};

function temporary(method, kind, name) {
  return async (w) => {
    const answer = await w.api[method](w.file(name), kind);
    assert.equal(answer.type, kind);
    has(answer, { [kind === 'thumb' ? 'thumb_media_id' : 'media_id']: 'string', created_at: 'number' });
    await w.refused(kind === 'thumb' ? 40012 : 40005, w.api[method](w.file(kind === 'thumb' ? 'large.jpg' : 'text.txt'), kind));
  };
}

function permanent(method, kind, name) {
  return async (w) => {
    has(await w.api[method](w.file(name), kind), { media_id: 'string', ...(kind === 'image' && { url: 'string' }) });
    await w.refused(kind === 'thumb' ? 40012 : 40005, w.api[method](w.file(kind === 'thumb' ? 'large.jpg' : 'text.txt'), kind));
  };
}

export const media = {
  'media.uploadMedia': temporary('uploadMedia', 'image', 'photo.jpg'),
  'media.uploadImageMedia': temporary('uploadImageMedia', 'image', 'photo.jpg'),
  'media.uploadVoiceMedia': temporary('uploadVoiceMedia', 'voice', 'voice.amr'),
  'media.uploadVideoMedia': temporary('uploadVideoMedia', 'video', 'film.mp4'),
  'media.uploadThumbMedia': temporary('uploadThumbMedia', 'thumb', 'photo.jpg'),
  'media.uploadVoice': temporary('uploadVoice', 'voice', 'voice.mp3'),
  'media.uploadVideo': temporary('uploadVideo', 'video', 'film.mp4'),
  'media.uploadThumb': temporary('uploadThumb', 'thumb', 'photo.jpg'),
  'media.uploadImage': async (w) => {
    const { url } = await w.api.uploadImage(w.file('photo.jpg'));
    assert.equal((await w.fetch(url)).status, 200);
    await w.refused(40005, w.api.uploadImage(w.file('text.txt')));
  },
  'media.getMedia': async (w) => {
    const { media_id: id } = await w.api.uploadMedia(w.file('photo.jpg'), 'image');
    assert.deepEqual(await w.api.getMedia(id), await readFile(w.file('photo.jpg')));
    const video = await w.api.uploadMedia(w.file('film.mp4'), 'video');
    has(await w.api.getMedia(video.media_id), { video_url: 'string' });
    await w.refused(40007, w.api.getMedia('no-such-medium'));
  },
  'material.uploadMaterial': permanent('uploadMaterial', 'image', 'photo.jpg'),
  'material.uploadImageMaterial': permanent('uploadImageMaterial', 'image', 'photo.jpg'),
  'material.uploadVoiceMaterial': permanent('uploadVoiceMaterial', 'voice', 'voice.mp3'),
  'material.uploadThumbMaterial': permanent('uploadThumbMaterial', 'thumb', 'photo.jpg'),
  'material.uploadVideoMaterial': async (w) => {
    const described = { title: '怎样拍照', introduction: '一分钟' };
    const { media_id: id } = await w.api.uploadVideoMaterial(w.file('film.mp4'), described);
    const answer = await w.api.getMaterial(id);
    assert.deepEqual([answer.title, answer.description], [described.title, described.introduction]);
    has(answer, { down_url: 'string' });
  },
  'material.getMaterial': async (w) => {
    const { media_id: id } = await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
    assert.deepEqual(await w.api.getMaterial(id), await readFile(w.file('photo.jpg')));
    await w.refused(40007, w.api.getMaterial('no-such-medium'));
  },
  'material.removeMaterial': async (w) => {
    const { media_id: id } = await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
    ok(await w.api.removeMaterial(id));
    await w.refused(40007, w.api.removeMaterial(id));
  },
  'material.getMaterialCount': async (w) => {
    await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
    const { image_count: images, voice_count: voices, video_count: videos } = await w.api.getMaterialCount();
    assert.deepEqual([images, voices, videos], [1, 0, 0]);
  },
  'material.getMaterials': async (w) => {
    const { media_id: id } = await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
    const answer = await w.api.getMaterials('image', 0, 20);
    assert.deepEqual([answer.total_count, answer.item_count, answer.item[0].media_id], [1, 1, id]);
    has(answer.item[0], { name: 'string', update_time: 'number', url: 'string' });
    await w.refused(40004, w.api.getMaterials('scroll', 0, 20));
  },
};

const MENU = { button: [{ type: 'click', name: '毕业申请', key: 'K_APPLY' }, { type: 'view', name: '须知', url: 'https://bot.example/' }] };
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
    assert.deepEqual((await w.api.getMenu()).menu.button.map(({ name }) => name), ['毕业申请', '须知']);
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
    assert.deepEqual((answer.menu ?? answer).button.map(({ name }) => name), ['毕业申请', '须知']);
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
