// An overlay for OBS: <room>/<kind> in the path, options in the query. Shows what the feed brings, and nothing twice.
import { demo } from "./demo.js";
import { h } from "./dom.js";
import { KINDS } from "./kinds.js";

const query = new URLSearchParams(location.search);
const path = location.pathname.split("/").filter(Boolean);
const kind = decodeURIComponent(path.at(-1)), room = decodeURIComponent(path.at(-2));
const options = {
  size: between("size", 28, 8, 200), seconds: between("seconds", kind === "chat" ? 30 : 6, 0, 600), min: between("min", 1, 0, 1e9),
  max: between("max", kind === "chat" ? 12 : 5, 1, 50), colour: colour("colour", "#ffffff"), accent: colour("accent", "#ffcc4d"),
  box: query.get("box") !== "0", sound: query.get("sound") === "1", pictures: query.get("pictures") === "1",
  title: (query.get("title") ?? "").slice(0, 100), language: query.get("language") ?? navigator.language.slice(0, 2),
};
const root = document.documentElement, overlay = document.getElementById("overlay");
let clockAhead = 0, lastId = null, connected = false;

function between(name, standard, least, most) {
  const value = Number(query.get(name) ?? standard);
  return Number.isFinite(value) && query.get(name) !== "" ? Math.min(most, Math.max(least, value)) : standard;
}

function colour(name, standard) {
  const value = `#${(query.get(name) ?? "").replace("#", "")}`;
  return /^#[0-9a-f]{6}$/i.test(value) ? value : standard;
}

root.style.setProperty("--size", `${options.size}px`);
root.style.setProperty("--text", options.colour);
root.style.setProperty("--accent", options.accent);
if (!options.box) root.style.setProperty("--box", "transparent");
root.lang = options.language;

const now = () => Date.now() + clockAhead;
const view = KINDS[kind].create(overlay, options, { room, now });

// A WebSocket, because a browser opens at most six streams of another kind to one server, and a scene may have more.
function open() {
  const wanted = new URLSearchParams({ room, only: KINDS[kind].only || "-", documents: 1, all: 0, replay: kind === "gifts" ? 60 : 20 });
  if (query.get("token")) wanted.set("token", query.get("token"));
  if (lastId) wanted.set("last_event_id", lastId);
  const address = new URL(`events?${wanted}`, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.onmessage = (message) => {
    const { type, id, data } = JSON.parse(message.data);
    if (type === "hello") {
      connected = true;
      overlay.querySelector(".notice")?.remove();
      clockAhead = data.now * 1000 - Date.now();
    } else if (type === "room") view.room?.(data);
    else {
      lastId = id;
      view.event?.(data);
    }
  };
  socket.onclose = () => {
    // In front of viewers, an overlay that has worked stays quiet.
    if (!connected && !overlay.querySelector(".notice")) overlay.append(h("p", { class: "notice" }, "This overlay is refused. Copy its address again from the page \"Overlays\"."));
    setTimeout(open, 2000);
  };
}

if (query.get("demo") === "1") demo(kind, view, now); else open();
