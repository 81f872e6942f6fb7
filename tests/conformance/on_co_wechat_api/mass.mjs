// Mass messages.

import assert from 'node:assert/strict';
import { element } from './mock.mjs';
import { ok } from './world.mjs';

async function finished(w, answer, sent) {
  ok(answer);
  const xml = await w.mock.pushes.wait({ Event: 'MASSSENDJOBFINISH', MsgID: String(answer.msg_id) });
  assert.deepEqual(
    [element(xml, 'Status').toLowerCase().replace(' ', ''), element(xml, 'SentCount')],
    ['sendsuccess', String(sent)],
  );
}

async function draft(w) {
  const cover = await w.api.uploadMaterial(w.file('photo.jpg'), 'image');
  const article = {
    title: '六月毕业申请',
    author: '考办',
    digest: '摘要',
    content: '<p>正文</p>',
    thumb_media_id: cover.media_id,
  };
  const answer = await w.api.request(
    `${w.api.prefix}draft/add?access_token=${(await w.api.ensureAccessToken()).accessToken}`,
    {
      method: 'POST',
      data: JSON.stringify({ articles: [article] }),
    },
  );
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
    await finished(w, await w.api.massSendVideo(await w.upload('video', 'film.mp4'), people), 2);
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
    ok(await w.api.previewVoice(w.openid, await w.upload('voice', 'voice.amr')));
    await w.refused(40007, w.api.previewVoice(w.openid, 'no-such-medium'));
  },
  'mass_send.previewImage': async (w) => {
    ok(await w.api.previewImage(w.openid, await w.upload('image', 'photo.jpg')));
    await w.refused(40007, w.api.previewImage(w.openid, 'no-such-medium'));
  },
  'mass_send.previewVideo': async (w) => {
    ok(await w.api.previewVideo(w.openid, await w.upload('video', 'film.mp4')));
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
