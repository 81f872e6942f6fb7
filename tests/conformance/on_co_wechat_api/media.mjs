// Temporary and permanent media.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { has, ok } from './world.mjs';

function temporary(method, kind, name) {
  return async (w) => {
    const answer = await w.api[method](w.file(name), kind);
    assert.equal(answer.type, kind);
    has(answer, { [kind === 'thumb' ? 'thumb_media_id' : 'media_id']: 'string', created_at: 'number' });
    await w.refused(
      kind === 'thumb' ? 40012 : 40005,
      w.api[method](w.file(kind === 'thumb' ? 'large.jpg' : 'text.txt'), kind),
    );
  };
}

function permanent(method, kind, name) {
  return async (w) => {
    has(await w.api[method](w.file(name), kind), { media_id: 'string', ...(kind === 'image' && { url: 'string' }) });
    await w.refused(
      kind === 'thumb' ? 40012 : 40005,
      w.api[method](w.file(kind === 'thumb' ? 'large.jpg' : 'text.txt'), kind),
    );
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
