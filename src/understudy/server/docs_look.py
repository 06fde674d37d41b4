"""What Swagger UI's page lacks: colours that can be told apart, and names for what has none (WCAG 2.2 AA)."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
body { margin: 0 }
.bar { font: 14px/1.5 system-ui, sans-serif; background: #1f2937; color: #fff; padding: .5rem 1rem;
  display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center }
.bar h1 { font: inherit; font-weight: 700; margin: 0 }
.bar a { color: #fff }
.bar label { margin-left: auto }
.bar input { font: inherit; padding: .2rem .5rem; min-width: 14rem }
.swagger-ui :is(.info .title small pre.version, .download-contents) { background: #4b5563 }
.swagger-ui .info .title small.version-stamp, .swagger-ui .info .title small.version-stamp pre.version {
  background: #3f6212 }
.swagger-ui :is(.info a, .info .base-url .url, .info .url, .link, .renderedMarkdown a) { color: #1d4ed8 }
.swagger-ui .btn.authorize { border-color: #047857; color: #047857 }
.swagger-ui .btn.authorize svg { fill: #047857 }
.swagger-ui .btn.cancel { border-color: #b91c1c; color: #b91c1c }
.swagger-ui .btn.execute { background: #1d4ed8; border-color: #1d4ed8 }
.swagger-ui :is(.parameter__in, .parameter__type, .prop-format, .json-schema-2020-12-expand-deep-button,
  .response-col_links, .response-control-media-type__accept-message, .parameter__extension) { color: #4b5563 }
.swagger-ui .response-control-media-type__accept-message { color: #166534 }
.swagger-ui .json-schema-2020-12__attribute--muted { color: #4b5563 }
.swagger-ui :is(.parameter__name.required span, .body-param__required, .parameter__deprecated,
  .json-schema-2020-12__attribute--warning) { color: #b91c1c }
.swagger-ui .parameter__name.required::after { color: #b91c1c }
.swagger-ui .json-schema-2020-12__constraint--string { background: #92400e }
.swagger-ui .opblock-summary-method { text-shadow: none }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1d4ed8 }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #047857 }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #92400e }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0f766e }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #b91c1c }
.swagger-ui .opblock.opblock-head .opblock-summary-method { background: #6d28d9 }
.swagger-ui .opblock.opblock-options .opblock-summary-method { background: #1e40af }
.swagger-ui .opblock.opblock-deprecated .opblock-summary-method { background: #4b5563 }
.swagger-ui .opblock.opblock-deprecated { opacity: 1 }
.swagger-ui .microlight span[style*="211, 99, 99"] { color: #f2a0a0 !important }
@media (prefers-color-scheme: dark) {
  /* This Swagger UI has no dark look. A filter of the root alone leaves what is fixed in its place. */
  html { background: #fff; filter: invert(.9) hue-rotate(180deg) }
  .bar, .microlight, img { filter: invert(1) hue-rotate(180deg) }
  .swagger-ui .dialog-ux .backdrop-ux { background: rgb(255 255 255 / .8) }
}
"""

SCRIPT: Final = """
// Much that Swagger UI draws has no name, or a wrong level: each is given what it lacks once it is there.
function near(element, around, within) {
  const found = element.closest(around)?.querySelector(within);
  return found ? found.textContent.trim().replace(/\\s*\\*.*$/s, "") : "";
}
const paths = ".opblock-summary-path, .opblock-summary-path__deprecated";
const named = (one) => near(one, ".opblock", ".opblock-summary-method") + " " + near(one, ".opblock", paths);
const lacks = [
  ["#servers:not([aria-label])", (one) => (one.ariaLabel = "Server")],
  [".close-modal:not([aria-label])", (one) => (one.ariaLabel = "Close")],
  [".copy-to-clipboard button:not([aria-label])", (one) => (one.ariaLabel = "Copy")],
  [
    ".parameters-col_description :is(select, input, textarea):not([aria-label])",
    (one) => (one.ariaLabel = near(one, "tr", ".parameter__name") || "Value"),
  ],
  [".opblock :is(select, textarea):not([aria-label])", (one) => (one.ariaLabel = "Body of " + named(one))],
  [
    "table[role=region]:not([aria-label])",
    (one) => (one.ariaLabel = "Responses of " + named(one)),
  ],
  ["pre.microlight:not([tabindex])", (one) => (one.tabIndex = 0)],
  [".opblock-summary-control a[href]", (one) => one.removeAttribute("href")],
  [".models > h4:not([aria-level])", (one) => (one.ariaLevel = 2)],
  [".webhooks .opblock h4:not([aria-level])", (one) => (one.ariaLevel = 3)],
  [".webhooks .opblock h5:not([aria-level])", (one) => (one.ariaLevel = 4)],
];
function mend() {
  for (const [selector, give] of lacks) document.querySelectorAll(selector).forEach(give);
}
let waits = false;
const seen = new MutationObserver(() => {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => {
    waits = false;
    mend();
  });
});
seen.observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
"""
