// Followers and tags.

import assert from 'node:assert/strict';
import { has, ok } from './world.mjs';

export const people = {
  'user.getUser': async (w) => {
    const answer = await w.api.getUser({ openid: w.openid, lang: 'zh_CN' });
    assert.deepEqual([answer.subscribe, answer.openid], [1, w.openid]);
    has(answer, {
      subscribe_time: 'number',
      remark: 'string',
      groupid: 'number',
      tagid_list: 'array',
      subscribe_scene: 'string',
    });
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
