import katex from "katex";
import type MarkdownIt from "markdown-it";
import type {RuleBlock} from "markdown-it/lib/parser_block.mjs";
import type {RuleInline} from "markdown-it/lib/parser_inline.mjs";

/** Renders a formula to HTML with MathML beside it for screen readers. A formula that KaTeX would only warn of is an error too. */
export function renderFormula(formula: string, displayMode: boolean): string {
  try {
    return katex.renderToString(formula, {displayMode, throwOnError: true, strict: "error", output: "htmlAndMathml"});
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, "") : String(error);
    throw new Error(`bad formula ${displayMode ? "$$" : "$"}${formula}${displayMode ? "$$" : "$"}: ${reason}`, {
      cause: error
    });
  }
}

/** Where the formula that opens at `start` ends, or -1. A backslash takes the next character with it, and `$$` never closes `$`. */
export function findClose(source: string, start: number, end: number, fence: "$" | "$$"): number {
  for (let i = start; i < end; i++) {
    if (source[i] === "\\") i++;
    else if (source.startsWith(fence, i)) return i;
  }
  return -1;
}

/**
 * `$...$` and `$$...$$` in a paragraph. `${` belongs to Framework and is never touched. As in Pandoc, a `$` that opens has a character
 * other than a space on its right, one that closes has one on its left and no digit on its right: "$5 or $6" stays money.
 */
const inlineFormula: RuleInline = (state, silent) => {
  const {src, pos, posMax} = state;
  if (src[pos] !== "$" || src[pos + 1] === "{") return false;
  const fence = src[pos + 1] === "$" ? "$$" : "$";
  const start = pos + fence.length;
  const close = findClose(src, start, posMax, fence);
  if (close <= start) return false;
  const formula = src.slice(start, close);
  if (fence === "$" && (/^\s|\s$/.test(formula) || /\d/.test(src[close + 1] ?? ""))) return false;
  if (!silent) {
    const token = state.push("formula", "math", 0);
    token.content = formula.trim();
    token.info = fence;
  }
  state.pos = close + fence.length;
  return true;
};

/** `$$` at the start of a line up to `$$` at the end of this or a later line: a formula in a block of its own. */
const blockFormula: RuleBlock = (state, startLine, endLine, silent) => {
  const lineText = (line: number) =>
    state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]).trimEnd();
  if (state.sCount[startLine] - state.blkIndent >= 4 || !lineText(startLine).startsWith("$$")) return false;
  const lines: string[] = [];
  for (let line = startLine; line < endLine; line++) {
    const text = line === startLine ? lineText(line).slice(2) : lineText(line);
    if (text.endsWith("$$")) {
      if (silent) return true;
      const token = state.push("formula", "math", 0);
      token.block = true;
      token.content = [...lines, text.slice(0, -2)].join("\n").trim();
      token.info = "$$";
      token.map = [startLine, line + 1];
      state.line = line + 1;
      return true;
    }
    if (text.includes("$$")) return false; // words follow the formula: it stands in a paragraph
    lines.push(text);
  }
  return false;
};

/** A markdown-it plugin: formulas become HTML while the site is built, so a page ships no KaTeX code. A bad formula fails the build. */
export function math(md: MarkdownIt): void {
  md.inline.ruler.before("escape", "formula", inlineFormula);
  md.block.ruler.before("fence", "formula", blockFormula, {alt: ["paragraph", "reference", "blockquote", "list"]});
  md.renderer.rules.formula = (tokens, index) => {
    const {content, info, block} = tokens[index];
    const html = renderFormula(content, info === "$$");
    const scrolls = html.replace('<span class="katex-display">', '<span class="katex-display" tabindex="0">'); // by keys too
    return block ? `<p class="formula">${scrolls}</p>\n` : scrolls;
  };
}
