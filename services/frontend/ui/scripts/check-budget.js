// Fails the build when the storefront ships more JavaScript than it may.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync, brotliCompressSync } from "node:zlib";

const BUDGET_BYTES = 120 * 1000;
const assets = new URL("../dist/assets/", import.meta.url);

const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
const sources = scripts.map((name) => readFileSync(new URL(name, assets)));
const total = (compress) => sources.reduce((sum, source) => sum + compress(source).length, 0);

// Gzip decides: it is the larger of the two encodings that the server offers.
const gzip = total((source) => gzipSync(source, { level: 9 }));
const brotli = total((source) => brotliCompressSync(source));
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

console.log(
  `JavaScript: ${kilobytes(gzip)} gzip, ${kilobytes(brotli)} brotli, of ${kilobytes(BUDGET_BYTES)} allowed`,
);
if (scripts.length === 0 || gzip > BUDGET_BYTES) {
  console.error("error: the compressed JavaScript is missing or exceeds its budget");
  process.exitCode = 1;
}
