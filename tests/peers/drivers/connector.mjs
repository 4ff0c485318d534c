// Runs tiktok-live-connector on the signed socket and prints one JSON line per event.
// Usage: connector.mjs USER WEB_URL SIGN_URL; the working directory is the folder where it is installed.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [room, webUrl, signUrl] = process.argv.slice(2);
process.env.SIGN_API_URL = signUrl; // read when it is imported
const installed = createRequire(`${process.cwd()}/`).resolve('tiktok-live-connector');
const { TikTokLiveConnection } = await import(pathToFileURL(installed));

const report = (event, keys) => process.stdout.write(`${JSON.stringify({ event, ...keys })}\n`);
const gifterScene = 8; // the badge with this scene has the gifter level
const sender = ({ user: { id, displayId, nickname, avatarThumb, badgeList } }) => ({
  user_id: id,
  unique_id: displayId,
  nickname,
  picture: avatarThumb?.urlList[0] ?? null,
  gifter_level: Number(badgeList.find((badge) => badge.sceneType === gifterScene)?.privilegeLogExtra.level ?? 0),
});

const host = new URL(webUrl).host;
const connection = new TikTokLiveConnection(room, {
  webConfigOverrides: { TIKTOK_HOST_WEB: host, TIKTOK_HOST_WEBCAST: host },
});
connection.webClient.getBaseUrl = () => webUrl; // it would use TLS
connection.on('connected', (state) => report('connected', { room_id: state.roomId }));
connection.on('chat', (data) => report('chat', { ...sender(data), comment: data.content }));
connection.on('member', (data) => report('member', { ...sender(data), present: data.memberCount }));
connection.on('gift', (data) => report('gift', {
  ...sender(data),
  gift_id: Number(data.giftId),
  name: data.gift.name,
  diamonds: data.gift.diamondCount,
  gift_type: data.gift.type,
  repeat_count: data.repeatCount,
  repeat_end: data.repeatEnd === 1,
  group_id: data.groupId,
}));
connection.on('like', (data) => report('like', { ...sender(data), count: data.count, total: Number(data.total) }));
connection.on('roomUser', (data) => report('room_user', {
  viewers: Number(data.total),
  total_users: Number(data.totalUser),
  top: data.ranks.map((viewer) => [viewer.user.displayId, Number(viewer.score)]),
}));
connection.on('follow', (data) => report('follow', { ...sender(data), followers: Number(data.followCount) }));
connection.on('share', (data) => report('share', { ...sender(data), shares: data.shareCount }));
connection.on('questionNew', (data) => report('question', { ...sender(data.data), text: data.data.content }));
connection.on('streamEnd', () => report('end', {}));
connection.on('error', (error) => console.error(error));
await connection.connect().catch((error) => report('refused', { reason: error.constructor.name }));
