import MarkdownIt from "markdown-it";
import {describe, expect, test} from "vitest";
import {math, renderFormula} from "../../scripts/site/math.js";

const md = new MarkdownIt({html: true}).use(math);
const texts = (markdown: string) =>
  Array.from(
    md.render(markdown).matchAll(/<annotation encoding="application\/x-tex">(.*?)<\/annotation>/gs),
    ([, tex]) => tex
  );

describe("formulas in markdown", () => {
  test("between single dollars stand in the line, with MathML for screen readers", () => {
    const html = md.render("at the rate $\\sqrt{\\bar\\alpha_t}$, then");
    expect(html).toContain("<math");
    expect(html).not.toContain("katex-display");
    expect(texts("at $x_0$ and $a_b$.")).toEqual(["x_0", "a_b"]);
  });

  test("between double dollars stand in a block, on one line or on several", () => {
    expect(md.render("$$x_t$$\n")).toContain('<p class="formula"><span class="katex-display" tabindex="0">');
    expect(texts("text\n$$\na\n= b\n$$\nmore")).toEqual(["a\n= b"]);
    expect(texts("words $$x$$ more")).toEqual(["x"]);
    expect(texts("$$x$$ more\n\n$$y$$")).toEqual(["x", "y"]);
  });

  test("leave Framework's ${...} and money alone", () => {
    expect(md.render("at ${steps} steps, ${a}$")).toBe("<p>at ${steps} steps, ${a}$</p>\n");
    expect(md.render("$5 or $6")).toBe("<p>$5 or $6</p>\n");
    expect(md.render("a $ b $ c")).toBe("<p>a $ b $ c</p>\n");
  });

  test("do not reach into code", () => {
    expect(md.render("`$x$` and `a$b`")).toBe("<p><code>$x$</code> and <code>a$b</code></p>\n");
    expect(md.render("```\n$$x$$\n```")).toContain("$$x$$");
  });

  test("may hold an escaped dollar", () => {
    expect(texts("$\\$5$")).toEqual(["\\$5"]);
  });

  test("that are bad fail, with the formula in the message", () => {
    expect(() => md.render("$\\frac{1}$")).toThrow("bad formula $\\frac{1}$");
    expect(() => renderFormula("\\nonsense", true)).toThrow("bad formula $$\\nonsense$$");
  });
});
