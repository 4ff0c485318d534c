// Made-up events for the preview of an overlay. Nothing of it leaves the page.
const PEOPLE = ["Bob 🌹", "Carol", "Dávid", "小林", "Emma from Leeds", "Fatima"];
const COMMENTS = ["hello from Leeds!", "what song is this?", "😂😂", "love the new set-up, it looks so much better than before", "first time here", "gg"];
const GIFTS = [["Rose", 1, 1], ["Finger Heart", 5, 1], ["Doughnut", 30, 1], ["Galaxy", 1000, 2], ["Lion", 29999, 2]];

export function demo(kind, view, now) {
  let number = 0, diamonds = 640, likes = 12_400;
  const pick = (list) => list[number % list.length];
  const person = () => ({ user_id: String(number % PEOPLE.length), nickname: pick(PEOPLE), unique_id: `user${number % PEOPLE.length}`, ts: new Date(now()).toISOString(), room: "demo" });
  const end = new Date(now() + 180_000).toISOString();

  function chat() { view.event?.({ event_type: "chat", id: `demo${number}-${now()}`, ...person(), comment: pick(COMMENTS) }); }

  function gift() {
    const [name, price, type] = pick(GIFTS), who = person(), group_id = String(number), at = now();
    const event = (event_type, count) => view.event?.({ event_type, id: `demo${group_id}-${at}`, ...who, gift_id: name, gift: { name, gift_type: type, group_id }, count, delta: count, diamonds: count * price });
    if (type !== 1) { event("gift", 1); return; }
    for (const count of [1, 2, 3]) setTimeout(() => event("gift_streak", count), count * 500);
    setTimeout(() => event("gift", 4), 2200);
  }

  function room() {
    diamonds += 35 * (number % 4);
    likes += 17;
    const gifters = PEOPLE.map((nickname, place) => ({ nickname, diamonds: Math.round(diamonds / (place + 2)) }));
    const hosts = [{ nickname: "You", is_room_host: true, score: 400 + diamonds }, { nickname: "Berta", score: 900 }];
    view.room?.({
      state: { goal: 2000, diamonds, viewers: 240 + number % 9, likes, last_follower: { nickname: pick(PEOPLE) } },
      battle: { status: "running", hosts, ends_at: end }, detail: { gifters },
    });
  }

  function step() { number += 1; chat(); room(); if (kind === "gifts" && number % 3 === 1) gift(); }
  step();
  setInterval(step, 2000);
}
