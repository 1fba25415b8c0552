import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API; a built storefront always asks its own origin. */
const api = process.env["SHOP_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsDir: "assets",
    // Images inlined as data URIs would escape the cache rules of hashed assets.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": api } },
  test: { include: ["src/**/*.test.ts"] },
});
