// tiktok-live-connector and mqtt: the signed socket.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [host, port, user, webUrl, signUrl] = process.argv.slice(2);
process.env.SIGN_API_URL = signUrl; // read at import

const installed = createRequire(`${process.cwd()}/`); // the working directory is its environment
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { TikTokLiveConnection } = await load('tiktok-live-connector');
const mqtt = (await load('mqtt')).default;

const broker = await mqtt.connectAsync(`mqtt://${host}:${port}`);
const webHost = new URL(webUrl).host;
const live = new TikTokLiveConnection(user, {
  webConfigOverrides: { TIKTOK_HOST_WEB: webHost, TIKTOK_HOST_WEBCAST: webHost },
});
live.webClient.getBaseUrl = () => webUrl; // it would use TLS

function publish(event, data, keys) {
  const { id, displayId, nickname } = data.user ?? {};
  const sender = data.user ? { user_id: id, unique_id: displayId, nickname } : {};
  broker.publish(`tiktok/${user}/${event}`, JSON.stringify({ ...sender, ...keys }));
}

live.on('chat', (data) => publish('chat', data, { comment: data.content }));
live.on('gift', (data) => publish('gift', data, {
  gift: { name: data.gift.name, diamonds: data.gift.diamondCount },
  count: data.repeatCount,
  repeat_end: data.repeatEnd,
}));
live.on('like', (data) => publish('like', data, { count: data.count, total: data.total }));
live.on('member', (data) => publish('member', data));
live.on('roomUser', (data) => publish('room_user', {}, { viewers: data.total }));
for (const event of ['follow', 'share', 'social']) {
  live.on(event, (data) => publish('social', data, { display_type: data.common?.displayText?.key }));
}
live.on('error', (error) => console.error(error));
live.on('disconnected', () => broker.end());
await live.connect();
