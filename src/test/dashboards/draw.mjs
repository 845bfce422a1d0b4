// node draw.mjs PROMETHEUS MINUTES DIRECTORY [END]: a picture of each dashboard with what a Prometheus has of the
// minutes before END (milliseconds since 1970; now, where it is left out).
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const [prometheus, minutes, directory, end = Date.now()] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const dashboards = join(here, '../../../deploy/monitoring/dashboards');

const files = {
  name: 'dashboards',
  configureServer(server) {
    server.middlewares.use('/dashboards', (request, response) => response.end(readFileSync(join(dashboards, request.url))));
  },
};

const server = await createServer({
  root: here,
  configFile: false,
  logLevel: 'error',
  plugins: [files],
  server: { host: '127.0.0.1', port: 0, proxy: { '/api': prometheus } },
});
await server.listen();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const file of readdirSync(dashboards).filter((name) => name.endsWith('.json'))) {
    const name = file.replace('.json', '');
    const page = await browser.newPage({ viewport: { width: 1416, height: 1000 } });
    page.on('pageerror', (error) => console.error(`${name}: ${error.stack}`));
    await page.goto(`${server.resolvedUrls.local[0]}?dashboard=${name}&minutes=${minutes}&end=${end}`);
    await page.waitForSelector('body[data-drawn], body[data-failed]', { state: 'attached', timeout: 120_000 });
    const failed = await page.getAttribute('body', 'data-failed');
    if (failed) {
      throw new Error(`${name}: ${failed}`);
    }
    await page.waitForLoadState('networkidle');
    await page.locator('#dashboard').screenshot({ path: join(directory, `${name}.png`) });
    console.log(join(directory, `${name}.png`));
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
