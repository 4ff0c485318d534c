// The kinds of overlays: what each asks the feed for, and how it shows that.
import { createAlerts } from "./alerts.js";
import { fill, h, who } from "./dom.js";
import { texts } from "./texts.js";

const format = (options) => new Intl.NumberFormat(options.language);

function createChat(overlay, options) {
  const list = h("div", { class: "chat" }), seen = new Set();
  overlay.append(list);
  return {
    event(event) {
      if (event.replayed || seen.has(event.id)) return;
      seen.add(event.id);
      if (seen.size > 500) seen.delete(seen.values().next().value);
      const line = h("div", { class: "box" }, h("span", { class: "accent" }, who(event)), ` ${event.comment ?? ""}`);
      list.append(line);
      while (list.children.length > options.max) list.firstElementChild.remove();
      if (!options.seconds) return;
      setTimeout(() => { line.classList.add("leaving"); setTimeout(() => line.remove(), 700); }, options.seconds * 1000);
    },
  };
}

function createGoal(overlay, options) {
  const words = texts(options.language), done = h("div"), text = h("div", { class: "text number" });
  const box = h("div", { class: "bar box", hidden: true }, text, h("div", { class: "track" }, done));
  overlay.append(box);
  return {
    room({ state }) {
      box.hidden = !state?.goal;
      if (box.hidden) return;
      const part = Math.min(1, (state.diamonds ?? 0) / state.goal);
      done.style.width = `${part * 100}%`;
      fill(text, [h("span", { class: "clip" }, options.title || words.goal), h("span", {}, `${format(options).format(state.diamonds ?? 0)} / ${format(options).format(state.goal)}`)]);
    },
  };
}

function createCounter(key, word) {
  return (overlay, options) => {
    const value = h("span", { class: "number" }), box = h("div", { class: "counter box", hidden: true }, value, h("span", {}, options.title || texts(options.language)[word]));
    overlay.append(box);
    return {
      room({ state }) {
        box.hidden = typeof state?.[key] !== "number";
        if (!box.hidden) value.textContent = format(options).format(state[key]);
      },
    };
  };
}

function createTop(overlay, options) {
  const list = h("ol"), words = texts(options.language);
  overlay.append(h("div", { class: "top box" }, h("div", { class: "accent clip" }, options.title || words.top), list));
  const show = (gifters) => fill(list, gifters.length ? gifters.slice(0, options.max).map((one, place) =>
    h("li", {}, h("span", { class: "number" }, String(place + 1)), h("span", { class: "clip" }, who(one)), h("span", { class: "number accent" }, format(options).format(one.diamonds))))
    : [h("li", {}, h("span", {}, "–"), h("span", {}, words.nobody))]);
  show([]);
  return { room: ({ detail }) => show(detail?.gifters ?? []) };
}

function createFollower(overlay, options) {
  const words = texts(options.language), name = h("div", { class: "clip" });
  const box = h("div", { class: "follower box", hidden: true }, h("div", { class: "accent" }, options.title || words.follower), name);
  overlay.append(box);
  return {
    room({ state }) {
      const last = state?.last_follower;
      box.hidden = !last;
      if (last) name.textContent = last.nickname || `@${last.username}`;
    },
  };
}

function createBattle(overlay, options, { now }) {
  const box = h("div", { class: "battle box", hidden: true });
  overlay.append(box);
  let battle = null;
  function show() {
    const hosts = battle?.hosts ?? [];
    box.hidden = hosts.length < 2;
    if (box.hidden) return;
    const own = hosts.find((host) => host.is_room_host) ?? hosts[0];
    const mine = hosts.filter((host) => host === own || (own.team_id && host.team_id === own.team_id));
    const others = hosts.filter((host) => !mine.includes(host));
    const sum = (side) => side.reduce((total, host) => total + (host.score ?? 0), 0);
    const [left, right] = [sum(mine), sum(others)], part = left + right ? left / (left + right) : .5;
    const seconds = Math.max(0, Math.round((Date.parse(battle.ends_at) - now()) / 1000));
    const bar = h("div");
    bar.style.width = `${part * 100}%`;
    const names = (side) => side.map(who).join(", ");
    fill(box, [
      h("div", { class: "sides" }, h("span", { class: "clip" }, names(mine)), h("span", { class: "clip" }, names(others))),
      h("div", { class: "track" }, bar),
      h("div", { class: "sides number" }, h("span", { class: "score" }, format(options).format(left)),
        h("span", { class: "time" }, battle.status === "running" && Number.isFinite(seconds) ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : ""),
        h("span", { class: "score" }, format(options).format(right))),
    ]);
  }
  setInterval(show, 1000);
  return { room(room) { battle = room.battle?.status === "over" ? null : room.battle; show(); } };
}

export const KINDS = {
  chat: { only: "chat", create: createChat },
  gifts: { only: "gift,gift_streak", create: createAlerts },
  goal: { only: "", create: createGoal },
  viewers: { only: "", create: createCounter("viewers", "viewers") },
  likes: { only: "", create: createCounter("likes", "likes") },
  top: { only: "", create: createTop },
  battle: { only: "", create: createBattle },
  follower: { only: "", create: createFollower },
};
