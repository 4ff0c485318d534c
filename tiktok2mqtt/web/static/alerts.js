// Gift alerts: one after the other, each gift once. A running streak grows in place; its end is the gift that counts.
import { fill, h, picture, who } from "./dom.js";
import { texts } from "./texts.js";

const MAX_QUEUE = 50, MAX_AGE_MS = 60_000, MAX_SHOWN = 500, STREAK_LOST_MS = 30_000;

export function createAlerts(overlay, options, { room, now }) {
  const words = texts(options.language), whole = new Intl.NumberFormat(options.language);
  const stage = h("div", { class: "alerts" }), missedNote = h("div", { class: "missed box", hidden: true });
  const shown = new Set(load()), queue = [];
  let current = null, missed = 0, timer = null;
  overlay.append(stage, missedNote);

  function storeKey() { return `tiktok2mqtt shown ${room}`; }
  function load() {
    try { return JSON.parse(localStorage.getItem(storeKey()) ?? "[]"); } catch { return []; }
  }
  function remember(id) {
    shown.add(id);
    const ids = [...shown].slice(-MAX_SHOWN);
    if (shown.size > MAX_SHOWN) { shown.clear(); ids.forEach((one) => shown.add(one)); }
    try { localStorage.setItem(storeKey(), JSON.stringify(ids)); } catch { /* shown once in this page at least */ }
  }

  const streakOf = (event) => [event.user_id ?? event.unique_id, event.gift_id, event.gift?.group_id].join(" ");

  function take(event) {
    const isEnd = event.event_type === "gift";
    if (event.replayed || (isEnd && shown.has(event.id))) return;
    const key = streakOf(event), known = [current, ...queue].find((alert) => alert && alert.key === key && !alert.ended);
    if (known) { update(known, event, isEnd); return; }
    if (!isEnd && event.gift?.gift_type !== 1) return;
    if (isEnd && queue.some((alert) => alert.ids.includes(event.id))) return;
    if (isEnd && (event.diamonds ?? 0) < options.min) return;
    if (!isEnd && (event.diamonds ?? 0) < options.min) return;
    if (now() - Date.parse(event.ts) > MAX_AGE_MS || queue.length >= MAX_QUEUE) { if (isEnd) tooLate(event); return; }
    const alert = { key, ids: [], ended: false, event, count: 0, seen: now() };
    update(alert, event, isEnd);
    queue.push(alert);
    if (!current) next();
  }

  function update(alert, event, isEnd) {
    // A streak that went on after its end counts only what is new.
    alert.count = isEnd && event.delta < event.count ? event.delta : Math.max(alert.count, event.count ?? 1);
    alert.event = event;
    alert.seen = now();
    if (isEnd) { alert.ended = true; alert.ids.push(event.id); }
    if (alert === current) { render(); later(); }
  }

  function tooLate(event) {
    remember(event.id);
    missed += 1;
    missedNote.hidden = false;
    missedNote.textContent = `+${whole.format(missed)} ${words.earlier}`;
    clearTimeout(tooLate.timer);
    tooLate.timer = setTimeout(() => { missed = 0; missedNote.hidden = true; }, 10_000);
  }

  function next() {
    current = queue.shift() ?? null;
    if (!current) { fill(stage, []); return; }
    render();
    if (options.sound) chime();
    later();
  }

  function later() {
    clearTimeout(timer);
    const seconds = queue.length > 5 ? Math.min(options.seconds, 2) : options.seconds;
    timer = setTimeout(() => {
      // A streak stays until its end has come, or is lost.
      if (current && !current.ended && now() - current.seen < STREAK_LOST_MS && !queue.length) { later(); return; }
      next();
    }, Math.max(.5, seconds) * 1000);
  }

  function render() {
    const { event, count } = current;
    current.ids.forEach(remember);
    let box = stage.firstElementChild;
    if (!box || box.alert !== current) { box = h("div", { class: "alert box" }); box.alert = current; fill(stage, [box]); }
    box.dataset.ids = current.ids.join(" ");
    const image = options.pictures && event.gift?.image;
    const diamonds = event.count ? Math.round((event.diamonds ?? 0) * count / event.count) : event.diamonds;
    fill(box, [
      image ? picture(image, "", true, "gift") : null,
      h("div", { class: "name accent clip" }, who(event)),
      h("div", { class: "what clip" }, `${words.sent} ${event.gift?.name ?? words.gift}`),
      h("div", { class: "count number" }, `× ${whole.format(count)}`),
      diamonds ? h("div", { class: "value number" }, `${whole.format(diamonds)} ${words.diamonds}`) : null,
    ]);
  }

  return { event: take };
}

function chime() {
  try {
    const audio = new AudioContext(), volume = audio.createGain();
    volume.connect(audio.destination);
    volume.gain.setValueAtTime(.12, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(.001, audio.currentTime + .7);
    for (const [pitch, at] of [[784, 0], [1175, .12]]) {
      const tone = audio.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + .7);
    }
    setTimeout(() => audio.close(), 1000);
  } catch { /* a browser without sound */ }
}
