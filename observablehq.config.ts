import type MarkdownIt from "markdown-it";
import {footer} from "./scripts/site/footer.js";
import {head, siteTitle, type PageInfo} from "./scripts/site/head.js";
import {header} from "./scripts/site/header.js";
import {math} from "./scripts/site/math.js";
import {bundlePackages} from "./scripts/site/packages.js";
import {answerForRegistry} from "./scripts/site/offline.js";

const root = "docs";

// A build talks to nobody.
process.env.OBSERVABLE_TELEMETRY_DISABLE ??= "true";
answerForRegistry(root);
await bundlePackages(root);

/**
 * Framework builds docs/*.md into dist/. Its sidebar, search and default fonts are off: search and fonts fetch from a CDN, and the navigation
 * is ours (scripts/site). What Framework's template lacks is added after the build by scripts/finish.ts.
 */
export default {
  root,
  title: siteTitle,
  style: "style.css",
  globalStylesheets: [],
  sidebar: false,
  search: false,
  toc: false,
  pager: false,
  pages: [],
  head,
  header: (page: PageInfo) => header(page),
  footer: (page: PageInfo) => footer(page),
  markdownIt(md: MarkdownIt): MarkdownIt {
    return md.use(math);
  }
};
