import {createHash} from "node:crypto";
import {existsSync} from "node:fs";
import {mkdtemp, readFile, stat, utimes, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {brotliDecompressSync, gunzipSync} from "node:zlib";
import {describe, expect, test} from "vitest";
import {isServed} from "../../scripts/finish/files.js";
import {woff2Only} from "../../scripts/finish/katex.js";
import {finishPage} from "../../scripts/finish/page.js";
import {contentSecurityPolicy, inlineScripts} from "../../scripts/finish/policy.js";
import {brotliQuality, hasTwins, isWorthKeeping, writeTwins} from "../../scripts/finish/twins.js";

const page = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1">
<link rel="modulepreload" href="./_observablehq/client.js">
<script type="module">

import "./_observablehq/client.js";

</script>
</head>
<body><script src="x.js"></script></body>
</html>
`;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

describe("the policy of a page", () => {
  test("holds the hash of each inline script and of nothing else", () => {
    const policy = contentSecurityPolicy(page);
    expect(inlineScripts(page)).toHaveLength(1);
    expect(policy.match(/'sha256-[^']+'/g)).toEqual([
      `'sha256-${sha256('\n\nimport "./_observablehq/client.js";\n\n')}'`
    ]);
  });

  test("is the strict one of the design", () => {
    expect(contentSecurityPolicy("<html></html>")).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'"
    );
  });

  test("lets the model page alone ask other hosts", () => {
    const connect = (name: string) => /connect-src [^;]*/.exec(contentSecurityPolicy(page, name))?.[0];
    expect(connect("model.html")).toBe("connect-src 'self' https: http://localhost:*");
    expect(connect("index.html")).toBe("connect-src 'self'");
    expect(connect("sub/model.html")).toBe("connect-src 'self'");
    expect(finishPage(page, "model.html")).toContain("connect-src 'self' https: http://localhost:*;");
  });

  test("hashes line ends as the HTML parser sees them", () => {
    expect(inlineScripts("<script>a\r\nb</script>")).toEqual(["a\nb"]);
  });

  test("names a script that stands twice once", () => {
    expect(contentSecurityPolicy("<script>a</script><script>a</script>").match(/sha256/g)).toHaveLength(1);
  });
});

describe("a finished page", () => {
  const finished = finishPage(page);

  test("has a language and can be zoomed", () => {
    expect(finished).toContain('<html lang="en">');
    expect(finished).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(finished).not.toContain("maximum-scale");
  });

  test("has its policy ahead of everything that the policy governs", () => {
    expect(finished.indexOf("Content-Security-Policy")).toBeLessThan(finished.indexOf("<link"));
    expect(finished.match(/Content-Security-Policy/g)).toHaveLength(1);
  });

  test("is refused when the template is another one", () => {
    expect(() => finishPage(finished)).toThrow("Framework's template has changed");
  });
});

describe("compressed twins", () => {
  test("are made of text, wasm and weights of some size", () => {
    expect(hasTwins("a/index.html", 5000)).toBe(true);
    expect(hasTwins("a/model.onnx", 5e6)).toBe(true);
    expect(hasTwins("a/model.onnx_data", 5e6)).toBe(true);
    expect(hasTwins("a/font.woff2", 5e6)).toBe(false);
    expect(hasTwins("a/tiny.json", 100)).toBe(false);
  });

  test("are dropped when they save less than a twentieth", () => {
    expect(isWorthKeeping(1000, 950)).toBe(true);
    expect(isWorthKeeping(1000, 951)).toBe(false);
  });

  test("cost seconds, not minutes, for a big file", () => {
    expect(brotliQuality(10_000)).toBe(11);
    expect(brotliQuality(1_000_000)).toBe(9);
    expect(brotliQuality(14_000_000)).toBe(6);
  });

  test("hold the file's bytes and are as old as it is", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "twins-")), "words.txt");
    await writeFile(path, "paradise, cosmic, beach. ".repeat(200));
    await utimes(path, 1_000_000, 1_000_000);
    await writeTwins(path);
    const data = await readFile(path);
    expect(brotliDecompressSync(await readFile(`${path}.br`))).toEqual(data);
    expect(gunzipSync(await readFile(`${path}.gz`))).toEqual(data);
    expect((await stat(`${path}.br`)).mtimeMs).toBe(1_000_000_000);
  });

  test("are not made of noise", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "twins-")), "weights.bin");
    await writeFile(
      path,
      Buffer.from(Array.from({length: 4096}, (_, i) => createHash("md5").update(`${i}`).digest()[0]))
    );
    await writeTwins(path);
    expect(existsSync(`${path}.br`)).toBe(false);
    expect(existsSync(`${path}.gz`)).toBe(false);
  });
});

test("KaTeX's style sheet keeps its woff2 fonts only", async () => {
  const css = woff2Only(await readFile("node_modules/katex/dist/katex.min.css", "utf8"));
  expect(css).not.toMatch(/\.(woff|ttf)\)/);
  expect(css.match(/\.woff2\) format\("woff2"\)\}/g)?.length).toBeGreaterThan(15);
});

test("a model folder is served without hidden files and scripts", () => {
  expect(isServed("tiny/unet/model.onnx")).toBe(true);
  expect(isServed("tiny/.gitkeep")).toBe(false);
  expect(isServed("tiny/export.py")).toBe(false);
});
