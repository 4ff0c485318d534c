// Words for states and events.
import { h, number, who } from "./dom.js";

const STATES = {
  live: ["live", "good"], offline: ["offline", ""], disabled: ["off", ""], resolving: ["looking up", ""],
  connecting: ["connecting", "warn"], reconnecting: ["reconnecting", "warn"], degraded: ["trouble", "warn"],
  blocked: ["refused", "bad"], ended: ["ended", ""],
};

export function stateBadge(room) {
  const state = room.connection?.state;
  const [text, kind] = STATES[state] ?? [state ?? "unknown", ""];
  return h("span", { class: `badge ${kind}` }, text);
}

// Groups of events, for the filters of the live log.
export const GROUPS = {
  chat: ["Chat", new Set(["chat", "emote", "question_new"])],
  gifts: ["Gifts", new Set(["gift", "envelope"])],
  follows: ["Follows, shares", new Set(["follow", "share", "subscribe", "super_fan"])],
  likes: ["Likes", new Set(["like"])],
  joins: ["Joins", new Set(["member", "unauthorized_member"])],
  others: ["Others", null],
};

export function groupOf(type) {
  return Object.keys(GROUPS).find((group) => GROUPS[group][1]?.has(type)) ?? "others";
}

export function describe(event) {
  const name = h("b", {}, who(event));
  switch (event.event_type) {
    case "chat": return [name, ": ", event.comment ?? ""];
    case "gift": return [name, ` sent ${event.delta ?? event.count ?? ""} × ${event.gift ?? "a gift"}`, event.diamonds ? ` (${number(event.diamonds)} diamonds)` : ""];
    case "like": return [name, ` liked ${number(event.like_count)} times`];
    case "follow": return [name, " follows"];
    case "share": return [name, " shared the LIVE"];
    case "subscribe": return [name, " subscribed"];
    case "member": case "unauthorized_member": return [name, " joined"];
    case "question_new": return [name, " asks: ", event.question_text ?? ""];
    case "emote": return [name, " sent an emote"];
    case "stream_end": return ["The LIVE has ended"];
    case "connected": return ["Connected to the LIVE"];
    case "disconnected": return ["Disconnected", event.reason ? `: ${event.reason}` : ""];
    case "error": return ["Error", event.reason || event.text ? `: ${event.reason ?? event.text}` : ""];
    default: return [event.nickname ? [name, " "] : "", event.text ?? event.event_type.replaceAll("_", " ")].flat();
  }
}
