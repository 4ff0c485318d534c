// The script of a live page: enters the room over the page's own WebSocket, as TikTok's page does.
// The page sends heartbeats and acknowledgements, and opens the socket again when it is lost.
"use strict";

const HEARTBEAT_MS = 10_000;
const RETRY_MS = 1_000;
const SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/";
const POLL_PATH = "/webcast/im/fetch/";
const ROOM_ID = document.currentScript.dataset.roomId;
const QUERY = {
  aid: "1988", app_language: "en", app_name: "tiktok_web", browser_language: navigator.language,
  browser_name: "Mozilla", browser_online: "true", browser_platform: navigator.platform,
  browser_version: navigator.userAgent, client_enter: "1", compress: "gzip", cookie_enabled: "true",
  device_platform: "web", did_rule: "3", heartbeat_duration: String(HEARTBEAT_MS), history_comment_count: "6",
  identity: "audience", last_rtt: "100", live_id: "12", resp_content_type: "protobuf", room_id: ROOM_ID,
  screen_height: "1080", screen_width: "1920", sup_ws_ds_opt: "1", tz_name: "Etc/UTC",
  update_version_code: "2.0.0", version_code: "180800", webcast_language: "en", ws_direct: "1",
};

const utf8 = (text) => new TextEncoder().encode(text);

function varint(value) {
  const out = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return [...out, Number(rest)];
}

// A protobuf field: a number as a varint, everything else as bytes.
function field(number, value) {
  if (typeof value === "bigint") return [...varint(number << 3), ...varint(value)];
  return [...varint((number << 3) | 2), ...varint(value.length), ...value];
}

function pushFrame(type, payload, logId = 0n) {
  const id = logId ? field(2, logId) : [];
  return new Uint8Array([...id, ...field(6, utf8("pb")), ...field(7, utf8(type)), ...field(8, payload)]);
}

// The varints and bytes of a message by field number; of a repeated field, the last one.
function read(bytes) {
  const found = {};
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(number());
    if ((tag & 7) === 0) found[tag >> 3] = number();
    else {
      const length = Number(number());
      found[tag >> 3] = bytes.subarray(at, (at += length));
    }
  }
  return found;
}

async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function enter() {
  const url = `${location.origin.replace("http", "ws")}${SOCKET_PATH}?${new URLSearchParams(QUERY)}`;
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  let heartbeats = 0n;
  const beat = () => socket.send(pushFrame("hb", [...field(1, BigInt(ROOM_ID)), ...field(2, ++heartbeats)]));
  let timer;
  socket.onopen = () => {
    beat();
    timer = setInterval(beat, HEARTBEAT_MS);
    const request = [...field(1, BigInt(ROOM_ID)), ...field(4, 12n), ...field(5, utf8("audience")), ...field(9, utf8("0"))];
    socket.send(pushFrame("im_enter_room", request));
  };
  socket.onmessage = async (event) => {
    const frame = read(new Uint8Array(event.data));
    if (new TextDecoder().decode(frame[7]) !== "msg") return;
    const zipped = frame[8][0] === 0x1f && frame[8][1] === 0x8b;
    const response = read(zipped ? await gunzip(frame[8]) : frame[8]);
    if (response[9] && socket.readyState === WebSocket.OPEN) socket.send(pushFrame("ack", response[5], frame[2]));
  };
  socket.onclose = () => {
    clearInterval(timer);
    if (heartbeats) setTimeout(enter, RETRY_MS);
    else poll("", "");
  };
}

// A page that gets no socket polls instead.
async function poll(cursor, internalExt) {
  const query = new URLSearchParams({ ...QUERY, cursor, internal_ext: internalExt, fetch_rule: "1" });
  const answer = await fetch(`${POLL_PATH}?${query}`);
  if (!answer.ok) return setTimeout(enter, RETRY_MS);
  const response = read(new Uint8Array(await answer.arrayBuffer()));
  const text = (bytes) => new TextDecoder().decode(bytes);
  setTimeout(() => poll(text(response[2]), text(response[5])), RETRY_MS);
}

// The profile sets the cookie that the socket needs.
fetch(location.pathname.replace(/\/live$/, "")).then(enter);
