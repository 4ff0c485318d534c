// Runs tiktok-livestream-chat-connector, the library of 2022, and prints one JSON line per event. It reads the room id
// from the page, then polls, or upgrades to a socket.
// Usage: legacy.cjs USER WEB_URL; the working directory is the folder where it is installed.
'use strict';

const fromHere = require('node:module').createRequire(`${process.cwd()}/`);
const packageName = 'tiktok-livestream-chat-connector';
const { WebcastPushConnection } = fromHere(packageName);
const hosts = fromHere(`${packageName}/dist/lib/platforms/tiktokConfig`);

const [user, webUrl] = process.argv.slice(2);
hosts.TIKTOK_URL_WEB = `${webUrl}/`;
hosts.TIKTOK_URL_WEBCAST = `${webUrl}/webcast/`;
console.log = console.error; // it logs each request and response

const report = (event, keys) => process.stdout.write(`${JSON.stringify({ event, ...keys })}\n`);
const sender = (data) => ({
  user_id: data.userId,
  unique_id: data.uniqueId ?? '',
  nickname: data.nickname ?? '',
});

const connection = new WebcastPushConnection(user, { requestPollingIntervalMs: 50 });
connection.on('connected', (state) => report('connected', { room_id: state.roomId }));
connection.on('chat', (data) => report('chat', { ...sender(data), comment: data.comment }));
connection.on('member', (data) => report('member', sender(data)));
connection.on('gift', (data) => report('gift', {
  ...sender(data),
  gift_id: data.giftId,
  gift_type: data.gift.gift_type,
  repeat_count: data.gift.repeat_count,
  repeat_end: data.gift.repeat_end === 1,
}));
connection.on('like', (data) => report('like', {
  ...sender(data),
  count: data.likeCount,
  total: data.totalLikeCount,
}));
connection.on('roomUser', (data) => report('room_user', { viewers: data.viewerCount }));
connection.on('social', (data) => report(data.displayType.includes('follow') ? 'follow' : 'share', sender(data)));
connection.on('questionNew', (data) => report('question', { ...sender(data), text: data.questionText }));
connection.on('streamEnd', () => report('end', {}));
connection.on('error', (error) => console.error(error));
connection.connect().catch((error) => report('refused', { reason: error.message }));
