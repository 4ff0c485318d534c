// Makes the pictures of the documentation, from real programs in headless Chromium:
//
//   npm install --no-save playwright-core
//   node docs/screenshots.mjs node-red http://127.0.0.1:1880
//   node docs/screenshots.mjs web http://127.0.0.1:8094
//   node docs/screenshots.mjs home-assistant http://127.0.0.1:8123 TOKEN
//
// development.md says how both are started. Node-RED runs examples/nodered/flow.json and has a broker. Home Assistant has
// the device of the room alice, from `tiktok2mqtt simulate --room alice` and `tiktok2mqtt run --room alice`; TOKEN is an
// access token of a user of it. The page is that of `make demo`, after some minutes. CHROMIUM names the browser if it is not /usr/bin/chromium.

import { chromium } from "playwright-core";

const PICTURES = new URL("./screenshots/", import.meta.url).pathname;
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const FEATURES = ["--disable-component-update", "--disable-sync"];

async function nodeRed(browser, url) {
    const page = await browser.newPage({ viewport: { width: 1260, height: 1300 } });
    await page.goto(url);
    await page.locator(".red-ui-flow-node-label").first().waitFor();
    // The chart alone: no palette, no sidebar, no bars at its foot.
    await page.evaluate(() => {
        RED.actions.invoke("core:toggle-palette", false);
        RED.actions.invoke("core:toggle-sidebar", false);
    });
    await page.addStyleTag({ content: "[id$=workspace-footer], .red-ui-statusbar { display: none }" });
    const chart = page.locator("#red-ui-workspace-chart");
    await chart.getByText("connected").first().waitFor();
    await chart.evaluate((element) => element.scrollTo(0, 0));
    const { x, y } = await chart.boundingBox();
    await page.screenshot({ path: `${PICTURES}node-red.png`, clip: { x, y, width: 1200, height: 1160 } });
}

async function homeAssistant(browser, url, token) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const expires = Date.now() + 3600_000;
    const login = { access_token: token, token_type: "Bearer", hassUrl: url, clientId: `${url}/`, expires, expires_in: 3600 };
    await page.addInitScript((tokens) => {
        localStorage.setItem("hassTokens", tokens);
        localStorage.setItem("dockedSidebar", '"always_hidden"');
    }, JSON.stringify(login));
    await page.goto(`${url}/tiktok-live/alice`);
    await page.locator("hui-tile-card").nth(20).waitFor();
    // It asks once about a port that is not its usual one.
    const confirm = page.getByRole("button", { name: "Confirm" });
    if (await confirm.isVisible()) await confirm.click();
    await settled(page);
    await page.screenshot({ path: `${PICTURES}dashboard.png`, clip: { x: 0, y: 0, width: 1280, height: 660 } });
    const device = await page.evaluate(
        () => Object.values(document.querySelector("home-assistant").hass.devices).find((one) => one.name === "TikTok alice").id,
    );
    await page.goto(`${url}/config/devices/device/${device}`);
    await page.getByText("Top gifter").first().waitFor();
    await settled(page);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({ path: `${PICTURES}device.png`, fullPage: true, clip: { x: 0, y: 0, width: 860, height } });
}

async function web(browser, url) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1080 } });
    await page.goto(`${url}/#/room/alice`);
    await page.locator("canvas").nth(1).waitFor();
    await page.getByLabel("Goal", { exact: true }).fill("1000000");
    await page.getByRole("button", { name: "Set" }).click();
    await page.getByText("of 1,000,000 diamonds").waitFor();
    await page.locator(".log li").nth(9).waitFor();
    await page.screenshot({ path: `${PICTURES}web.png` });
    await page.goto(`${url}/overlays`);
    await page.frameLocator("#preview").getByText("\u00d7 4").waitFor();
    await page.screenshot({ path: `${PICTURES}overlays.png`, clip: { x: 0, y: 0, width: 1280, height: 720 } });
}

// Icons and graphs come late.
async function settled(page) {
    await page.waitForLoadState("networkidle");
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));
}

const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox", ...QUIET, ...FEATURES] });
const [program, url, token] = process.argv.slice(2);
try {
    if (program === "node-red") await nodeRed(browser, url);
    else if (program === "web") await web(browser, url);
    else if (program === "home-assistant") await homeAssistant(browser, url, token);
    else throw new Error("name node-red, web or home-assistant, and its URL");
} finally {
    await browser.close();
}
