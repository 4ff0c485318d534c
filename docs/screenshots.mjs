// Makes the pictures of the documentation, from real programs in headless Chromium:
//
//   npm install --no-save playwright-core
//   node docs/screenshots.mjs node-red http://127.0.0.1:1880
//   node docs/screenshots.mjs home-assistant http://127.0.0.1:8123 TOKEN
//
// Node-RED runs examples/nodered/flow.json. Home Assistant has the room alice and the dashboard of
// examples/homeassistant/dashboard.yaml at /tiktok-live; TOKEN is an access token of a user of it. CHROMIUM names the
// browser if it is not /usr/bin/chromium.

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

const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox", ...QUIET, ...FEATURES] });
const [program, url, token] = process.argv.slice(2);
try {
    if (program === "node-red") await nodeRed(browser, url);
    else if (program === "home-assistant") await homeAssistant(browser, url, token);
    else throw new Error("name node-red or home-assistant, and its URL");
} finally {
    await browser.close();
}
