// The page: keeps what the server streams, and shows the list of rooms, one room, or the bridges.
import { getSession, post } from "./api.js";
import { bridgeView } from "./bridge.js";
import { fill, h, number, picture } from "./dom.js";
import { roomView } from "./room.js";
import { stateBadge } from "./words.js";

const MAX_LOG = 500;
const store = { rooms: new Map(), bridges: new Map(), log: [], session: null };
const $ = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 861px)");
let source = null, view = null, shown = null;

function route() {
  const [, page, name] = location.hash.split("/");
  if (page === "bridge") return { page: "bridge" };
  if (page === "room" && name) return { page: "room", room: decode(name) };
  return { page: "rooms" };
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return ""; }
}

function byActivity(one, other) {
  const live = (room) => (room.state?.live === true ? 0 : 1);
  return live(one) - live(other) || (one.name < other.name ? -1 : 1);
}

function show() {
  const to = route();
  // On a wide screen there is always a room beside the list.
  const first = [...store.rooms.values()].sort(byActivity)[0];
  const room = to.room ?? (to.page === "rooms" && wide.matches && first ? first.name : null);
  $("layout").className = `layout ${to.page === "rooms" ? "shows-list" : "shows-room"}`;
  $("side").hidden = to.page === "bridge" && wide.matches;
  $("layout").style.gridTemplateColumns = to.page === "bridge" ? "minmax(0, 1fr)" : "";
  for (const [id, active] of [["nav-bridge", to.page === "bridge"], ["nav-rooms", to.page !== "bridge"]]) {
    if (active) $(id).setAttribute("aria-current", "page"); else $(id).removeAttribute("aria-current");
  }
  const key = `${to.page === "bridge" ? "bridge" : "room"}/${room}`;
  if (key === shown) return;
  shown = key;
  view?.end?.();
  if (to.page === "bridge") view = bridgeView(store);
  else if (room) view = roomView(store, room);
  else view = { element: emptyView() };
  fill($("main"), [view.element]);
  view.update?.({});
  list();
  connect(to.page === "bridge" ? null : room);
}

function emptyView() {
  return h("div", { class: "panel empty" }, h("h2", {}, "No rooms yet"),
    h("p", {}, "Add a room by its user name. It is watched until it goes live."),
    h("p", { class: "small" }, "If there should be rooms: is the daemon running, with the same broker and base topic?"));
}

function connect(room) {
  source?.close();
  source = new EventSource(room ? `api/stream?room=${encodeURIComponent(room)}` : "api/stream");
  source.onmessage = (message) => apply(JSON.parse(message.data));
  source.onerror = () => {
    status(false, "The connection to this page's server is lost. Trying again.");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { shown = null; check(); }, 3000);
  };
}

async function check() {
  try { store.session = await getSession(true); show(); } catch { setTimeout(check, 3000); }
}

function apply(batch) {
  if (batch.first) { store.rooms.clear(); store.bridges.clear(); store.log = []; }
  for (const room of batch.rooms ?? []) store.rooms.set(room.name, room);
  for (const name of batch.removed ?? []) store.rooms.delete(name);
  for (const bridge of batch.bridges ?? []) store.bridges.set(bridge.name, bridge);
  store.log.push(...batch.log ?? []);
  store.log.splice(0, Math.max(0, store.log.length - MAX_LOG));
  status(batch.connected, batch.connected ? null : `The page is not up to date: ${batch.problem ?? "connecting to the broker"}.`);
  if (batch.first || batch.rooms?.length || batch.removed?.length) list();
  if (batch.first && route().page !== "bridge" && shown === "room/null" && store.rooms.size) show();
  view?.update?.(batch);
}

function status(connected, problem) {
  const offline = [...store.bridges.values()].filter((bridge) => !bridge.online).map((bridge) => bridge.name);
  const [text, kind] = !connected ? ["disconnected", "bad"] : offline.length ? ["daemon offline", "warn"] : ["online", "good"];
  if ($("online").textContent !== text) { $("online").textContent = text; $("online").className = `badge ${kind}`; }
  $("problem").hidden = !problem;
  if (problem) $("problem").textContent = problem;
}

const items = new Map();

// Only what has changed is built again: there may be hundreds of rooms.
function list() {
  const rooms = [...store.rooms.values()].sort(byActivity);
  const current = shown?.startsWith("room/") ? shown.slice(5) : null;
  $("count").textContent = rooms.length ? `${rooms.filter((room) => room.state?.live).length} of ${rooms.length} live` : "";
  for (const name of items.keys()) if (!store.rooms.has(name)) { items.get(name).element.remove(); items.delete(name); }
  const focused = document.activeElement;
  let before = null;
  for (const room of rooms) {
    const key = [room.cover, room.state?.live, room.state?.viewers, room.connection?.state, room.name === current].join(" ");
    const known = items.get(room.name) ?? { element: h("li"), key: null };
    if (known.key !== key) { fill(known.element, [item(room, room.name === current)]); known.key = key; }
    items.set(room.name, known);
    const place = before ? before.nextElementSibling : $("rooms").firstElementChild;
    if (place !== known.element) $("rooms").insertBefore(known.element, place);
    before = known.element;
  }
  const name = focused?.getAttribute("data-room");
  if (name && document.activeElement !== focused) items.get(name)?.element.firstElementChild.focus();
}

function item(room, current) {
  const live = room.state?.live === true;
  return h("a", { href: `#/room/${encodeURIComponent(room.name)}`, "data-room": room.name, "aria-current": current ? "true" : null },
    picture(room.cover, room.name, store.session.pictures),
    h("span", { class: "grow" },
      h("span", { class: "ellipsis", style: null }, `@${room.name}`), h("br"),
      h("span", { class: "muted small number" }, live ? `${number(room.state.viewers)} watching` : room.connection?.state === "disabled" ? "not watched" : room.state?.live === false ? "not live" : "not known")),
    stateBadge(room));
}

async function add(event) {
  event.preventDefault();
  const field = $("add-name");
  const answer = await post("api/command", { command: "add", room: field.value.trim() }).catch((error) => ({ status: "error", error: error.message }));
  const ok = answer.status === "ok";
  fill($("add-answer"), [h("p", { class: `answer ${ok ? "good" : "bad"}` }, ok ? `@${answer.data.room} is added.` : answer.error)]);
  if (ok) { field.value = ""; location.hash = `#/room/${encodeURIComponent(answer.data.room)}`; }
}

store.session = await getSession();
$("version").textContent = store.session.version;
$("logout").hidden = !store.session.can_log_out;
$("add").addEventListener("submit", add);
addEventListener("hashchange", () => { show(); if (!wide.matches) scrollTo(0, 0); });
wide.addEventListener("change", show);
show();
