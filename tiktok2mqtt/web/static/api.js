// Requests to the server. Commands carry the CSRF token; it is fetched again once, after a restart of the server.

let session = null;

export async function getSession(again = false) {
  if (session && !again) return session;
  const response = await fetch("api/session");
  if (response.status === 401) { location.assign("login"); throw new Error("not logged in"); }
  if (!response.ok) throw new Error("the server does not answer");
  session = await response.json();
  return session;
}

export async function post(path, body, again = true) {
  const { csrf } = await getSession();
  const response = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body),
  });
  if (response.status === 403 && again) { await getSession(true); return post(path, body, false); }
  if (response.status === 401) location.assign("login");
  return response.json();
}
