// Customer messages, templates and mass messages.

import assert from 'node:assert/strict';
import { element } from './mock.mjs';
import { TEMPLATE, has, ok } from './world.mjs';

const ARTICLE = { title: '毕业申请', description: '办理时间', url: 'https://bot.example/a', picurl: 'https://bot.example/a.jpg' };
const DATA = { phrase1: { value: '通过' }, thing2: { value: '请到办理地点领取' } };

async function medium(w, kind, name) {
  const answer = await w.api.uploadMedia(w.file(name), kind);
  return answer.media_id ?? answer.thumb_media_id;
}

export const custom = {
  'message.sendText': async (w) => {
    ok(await w.api.sendText(w.openid, '审核已通过 "看这里"'));
    await w.shown('custom', { type: 'text', content: '审核已通过 "看这里"' });
    for (let nth = 2; nth <= 5; nth += 1) ok(await w.api.sendText(w.openid, '再说一次'));
    await w.refused(45047, w.api.sendText(w.openid, '第六条'));
    await w.refused(45015, w.api.sendText(w.stranger, '您好'));
  },
  'message.sendImage': async (w) => {
    const id = await medium(w, 'image', 'photo.jpg');
    ok(await w.api.sendImage(w.openid, id));
    await w.shown('custom', { type: 'image', media_id: id });
    await w.refused(40007, w.api.sendImage(w.openid, 'no-such-medium'));
  },
  'message.sendVoice': async (w) => {
    const id = await medium(w, 'voice', 'voice.amr');
    ok(await w.api.sendVoice(w.openid, id));
    await w.shown('custom', { type: 'voice', media_id: id });
    await w.refused(40007, w.api.sendVoice(w.openid, 'no-such-medium'));
  },
  'message.sendVideo': async (w) => {
    const [video, thumb] = [await medium(w, 'video', 'film.mp4'), await medium(w, 'thumb', 'photo.jpg')];
    ok(await w.api.sendVideo(w.openid, video, thumb));
    await w.shown('custom', { type: 'video', media_id: video });
    await w.refused(40007, w.api.sendVideo(w.openid, video, 'no-such-medium'));
  },
  'message.sendMusic': async (w) => {
    const music = { title: '歌', description: '一首', musicurl: 'https://m.example/1', hqmusicurl: 'https://m.example/2' };
    await w.refused(40007, w.api.sendMusic(w.openid, { ...music, thumb_media_id: 'no-such-medium' }));
    ok(await w.api.sendMusic(w.openid, { ...music, thumb_media_id: await medium(w, 'thumb', 'photo.jpg') }));
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
    ok(await w.api.sendMiniProgram(w.openid, { ...page, thumb_media_id: await medium(w, 'image', 'photo.jpg') }));
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
    assert.equal(only.template_id, TEMPLATE);
    has(only, { title: 'string', content: 'string', example: 'string', primary_industry: 'string' });
  },
  'template.delPrivateTemplate': async (w) => {
    ok(await w.api.delPrivateTemplate(TEMPLATE));
    assert.deepEqual((await w.api.getAllPrivateTemplate()).template_list, []);
    await w.refused(40037, w.api.delPrivateTemplate(TEMPLATE));
  },
};

async function finished(w, answer, sent) {
  ok(answer);
  const xml = await w.mock.pushes.wait({ Event: 'MASSSENDJOBFINISH', MsgID: String(answer.msg_id) });
  assert.deepEqual([element(xml, 'Status').toLowerCase().replace(' ', ''), element(xml, 'SentCount')], ['sendsuccess', String(sent)]);
}

async function draft(w) {
  const cover = await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
  const article = { title: '六月毕业申请', author: '考办', digest: '摘要', content: '<p>正文</p>', thumb_media_id: cover.media_id };
  const answer = await w.api.request(`${w.api.prefix}draft/add?access_token=${(await w.api.ensureAccessToken()).accessToken}`, {
    method: 'POST',
    data: JSON.stringify({ articles: [article] }),
  });
  return answer.media_id;
}

export const mass = {
  'mass_send.massSend': async (w) => {
    const message = { msgtype: 'text', text: { content: '一' } };
    await finished(w, await w.api.massSend({ ...message }, [w.openid, await w.follower()], 'send-1'), 2);
    await w.refused(45065, w.api.massSend({ ...message }, [w.openid, w.stranger], 'send-1'));
    await w.refused(40008, w.api.massSend({ ...message, msgtype: 'dance' }, [w.openid, w.stranger]));
  },
  'mass_send.massSendText': async (w) => {
    const other = await w.follower();
    await finished(w, await w.api.massSendText('给两个人', [w.openid, other]), 2);
    const { tag } = await w.api.createTags('六月');
    ok(await w.api.batchTagging([other], tag.id));
    await finished(w, await w.api.massSendText('只给六月', tag.id), 1);
    await finished(w, await w.api.massSendText('给所有人', true), 2);
    await w.shown('mass', { type: 'text', content: '给所有人' });
    await w.refused(40130, w.api.massSendText('只给一个', [w.openid]));
    await w.refused(45028, w.api.massSendText('又给所有人', true));
  },
  'mass_send.massSendNews': async (w) => {
    const people = [w.openid, await w.follower()];
    await finished(w, await w.api.massSendNews(await draft(w), people, 'news-1', 1), 2);
    await w.refused(40007, w.api.massSendNews('no-such-draft', people, 'news-2', 1));
  },
  'mass_send.massSendVoice': async (w) => {
    const people = [w.openid, await w.follower()];
    const { media_id: id } = await w.api.uploadVoiceMaterial(w.file('voice.mp3'));
    await finished(w, await w.api.massSendVoice(id, people), 2);
    await w.refused(40007, w.api.massSendVoice('no-such-medium', people));
  },
  'mass_send.massSendImage': async (w) => {
    const { media_id: id } = await w.api.uploadImageMaterial(w.file('photo.jpg'));
    ok(await w.api.massSendImage(id, [w.openid, await w.follower()]));
  },
  'mass_send.massSendVideo': async (w) => {
    const people = [w.openid, await w.follower()];
    await finished(w, await w.api.massSendVideo(await medium(w, 'video', 'film.mp4'), people), 2);
    await w.refused(40007, w.api.massSendVideo('no-such-medium', people));
  },
  'mass_send.previewText': async (w) => {
    ok(await w.api.previewText(w.openid, '先看一看'));
    await w.shown('mass', { type: 'text', content: '先看一看' });
    await w.refused(40003, w.api.previewText('nobody', '先看一看'));
  },
  'mass_send.previewNews': async (w) => {
    ok(await w.api.previewNews(w.openid, await draft(w)));
    await w.refused(40007, w.api.previewNews(w.openid, 'no-such-draft'));
  },
  'mass_send.previewVoice': async (w) => {
    ok(await w.api.previewVoice(w.openid, await medium(w, 'voice', 'voice.amr')));
    await w.refused(40007, w.api.previewVoice(w.openid, 'no-such-medium'));
  },
  'mass_send.previewImage': async (w) => {
    ok(await w.api.previewImage(w.openid, await medium(w, 'image', 'photo.jpg')));
  },
  'mass_send.previewVideo': async (w) => {
    ok(await w.api.previewVideo(w.openid, await medium(w, 'video', 'film.mp4')));
    await w.refused(40007, w.api.previewVideo(w.openid, 'no-such-medium'));
  },
  'mass_send.getMassMessageStatus': async (w) => {
    const sent = await w.api.massSendText('一', [w.openid, await w.follower()]);
    await finished(w, sent, 2);
    const answer = await w.api.getMassMessageStatus(sent.msg_id);
    assert.deepEqual([String(answer.msg_id), answer.msg_status], [String(sent.msg_id), 'SEND_SUCCESS']);
    await w.refused(null, w.api.getMassMessageStatus(7));
  },
  'mass_send.deleteMass': async (w) => {
    const sent = await w.api.massSendNews(await draft(w), [w.openid, await w.follower()], 'news-1', 1);
    await finished(w, sent, 2);
    ok(await w.api.deleteMass(sent.msg_id));
    assert.equal((await w.api.getMassMessageStatus(sent.msg_id)).msg_status, 'DELETE');
    await w.refused(null, w.api.deleteMass(7));
  },
};
