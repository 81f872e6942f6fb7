// Customer messages and templates.

import assert from 'node:assert/strict';
import { element } from './mock.mjs';
import { TEMPLATE, TEMPLATES, has, ok } from './world.mjs';

const ARTICLE = {
  title: '毕业申请',
  description: '办理时间',
  url: 'https://bot.example/a',
  picurl: 'https://bot.example/a.jpg',
};
const DATA = { phrase1: { value: '通过' }, thing2: { value: '请到办理地点领取' } };

export const custom = {
  'message.sendText': async (w) => {
    ok(await w.api.sendText(w.openid, '审核已通过 "看这里"'));
    await w.shown('custom', { type: 'text', content: '审核已通过 "看这里"' });
    for (let nth = 2; nth <= 5; nth += 1) ok(await w.api.sendText(w.openid, '再说一次'));
    await w.refused(45047, w.api.sendText(w.openid, '第六条'));
    await w.refused(45015, w.api.sendText(w.stranger, '您好'));
  },
  'message.sendImage': async (w) => {
    const id = await w.upload('image', 'photo.jpg');
    ok(await w.api.sendImage(w.openid, id));
    await w.shown('custom', { type: 'image', media_id: id });
    await w.refused(40007, w.api.sendImage(w.openid, 'no-such-medium'));
  },
  'message.sendVoice': async (w) => {
    const id = await w.upload('voice', 'voice.amr');
    ok(await w.api.sendVoice(w.openid, id));
    await w.shown('custom', { type: 'voice', media_id: id });
    await w.refused(40007, w.api.sendVoice(w.openid, 'no-such-medium'));
  },
  'message.sendVideo': async (w) => {
    const [video, thumb] = [await w.upload('video', 'film.mp4'), await w.upload('thumb', 'photo.jpg')];
    ok(await w.api.sendVideo(w.openid, video, thumb));
    await w.shown('custom', { type: 'video', media_id: video });
    await w.refused(40007, w.api.sendVideo(w.openid, video, 'no-such-medium'));
  },
  'message.sendMusic': async (w) => {
    const music = {
      title: '歌',
      description: '一首',
      musicurl: 'https://m.example/1',
      hqmusicurl: 'https://m.example/2',
    };
    await w.refused(40007, w.api.sendMusic(w.openid, { ...music, thumb_media_id: 'no-such-medium' }));
    ok(await w.api.sendMusic(w.openid, { ...music, thumb_media_id: await w.upload('thumb', 'photo.jpg') }));
    await w.shown('custom', { type: 'music', title: '歌' });
  },
  'message.sendNews': async (w) => {
    ok(await w.api.sendNews(w.openid, [ARTICLE]));
    await w.shown('custom', { type: 'news', articles: [ARTICLE] });
    await w.refused(45008, w.api.sendNews(w.openid, [ARTICLE, ARTICLE]));
  },
  'message.sendMpNews': async (w) => {
    ok(await w.api.sendMpNews(w.openid, 'a-draft'));
  },
  'message.sendCard': async (w) => {
    ok(await w.api.sendCard(w.openid, 'pFS7Fjg8kV1IdDz01r4SQwMkuCKc'));
    assert.match(JSON.stringify((await w.screen('custom')).at(-1)), /pFS7Fjg8kV1IdDz01r4SQwMkuCKc/);
    await w.refused(40035, w.api.sendCard(w.openid, ''));
  },
  'message.sendMiniProgram': async (w) => {
    const page = { title: '预约', appid: 'wx00000000000000ab', pagepath: 'pages/index' };
    await w.refused(40007, w.api.sendMiniProgram(w.openid, { ...page, thumb_media_id: 'no-such-medium' }));
    ok(await w.api.sendMiniProgram(w.openid, { ...page, thumb_media_id: await w.upload('image', 'photo.jpg') }));
    await w.shown('custom', { type: 'miniprogrampage', title: '预约' });
  },
};

export const templates = {
  'template.sendTemplate': async (w) => {
    const answer = await w.api.sendTemplate(w.openid, TEMPLATE, 'https://bot.example/', '#173177', DATA);
    ok(answer);
    await w.shown('template', { template_id: TEMPLATE, content: '结果：通过\n说明：请到办理地点领取' });
    const xml = await w.mock.pushes.wait({ Event: 'TEMPLATESENDJOBFINISH', MsgID: String(answer.msgid) });
    assert.equal(element(xml, 'Status'), 'success');
    await w.refused(40037, w.api.sendTemplate(w.openid, 'U'.repeat(43), '', '', DATA));
    await w.refused(47003, w.api.sendTemplate(w.openid, TEMPLATE, '', '', { phrase1: { value: '通过' } }));
    await w.refused(43004, w.api.sendTemplate(w.stranger, TEMPLATE, '', '', DATA));
  },
  'template.setIndustry': async (w) => {
    ok(await w.api.setIndustry({ industry_id1: '1', industry_id2: '16' }));
    await w.refused(40102, w.api.setIndustry({ industry_id1: '1', industry_id2: '99' }));
  },
  'template.getIndustry': async (w) => {
    const { primary_industry: primary, secondary_industry: secondary } = await w.api.getIndustry();
    for (const industry of [primary, secondary]) has(industry, { first_class: 'string', second_class: 'string' });
  },
  'template.addTemplate': async (w) => {
    const answer = await w.api.addTemplate('TM00015');
    ok(answer);
    has(answer, { template_id: 'string' });
    await w.refused(40036, w.api.addTemplate(''));
  },
  'template.getAllPrivateTemplate': async (w) => {
    const [only] = (await w.api.getAllPrivateTemplate()).template_list;
    assert.deepEqual([only.template_id, only.content], [TEMPLATE, TEMPLATES[0].content]);
    has(only, { title: 'string', example: 'string', primary_industry: 'string' });
  },
  'template.delPrivateTemplate': async (w) => {
    ok(await w.api.delPrivateTemplate(TEMPLATE));
    assert.deepEqual((await w.api.getAllPrivateTemplate()).template_list, []);
    await w.refused(40037, w.api.delPrivateTemplate(TEMPLATE));
  },
};
