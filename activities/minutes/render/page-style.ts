/** The style of an exported page: system fonts, a readable measure, light and dark, phone and print. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2129; --soft: #5c6470; --paper: #fcfcfa; --line: #e3e3de; --accent: #1f5fa8; --wash: #eef3f9;
  --warning: #8a4b00; --warning-wash: #fdf3e1; --target: #fff4c2; --match: #ffe58a; --current: #ffb03a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e4e0; --soft: #9ba1ab; --paper: #16181c; --line: #2d3138; --accent: #8cbcf2; --wash: #1f2733;
    --warning: #f0bd72; --warning-wash: #2c2417; --target: #3d3618; --match: #5a4c12; --current: #9a5f00;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.65 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  overflow-wrap: break-word; text-rendering: optimizeLegibility;
}
body:is(:lang(zh), :lang(ja)) { line-height: 1.8; }
h1:is(:lang(zh), :lang(ja), :lang(ko)) { letter-spacing: 0; }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.5rem 6rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1.25rem; margin-bottom: 2rem; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2rem); line-height: 1.2; letter-spacing: -0.015em; font-weight: 700; margin: 0; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.35; letter-spacing: -0.005em; font-weight: 650; margin: 2.75rem 0 0.75rem; }
h3 { font-size: 0.9em; line-height: 1.5; font-weight: 600; color: var(--soft); margin: 1.25rem 0 0.5rem; }
h2 + h3 { margin-top: 0; }
p { margin: 0 0 0.9rem; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 0.2em; }
.facts { color: var(--soft); font-size: 0.95rem; margin: 0.6rem 0 0; }
.glance { font-size: 0.95rem; margin: 0.35rem 0 0; }
.complete { color: var(--accent); }
.partial { color: var(--warning); }
.bar {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0 auto; max-width: 44rem;
  padding: 0.6rem 1.5rem; background: var(--paper); font-size: 0.9rem;
}
.bar[hidden] { display: none; }
.bar input { flex: 1 1 9rem; min-width: 0; font: inherit; color: inherit; background: var(--wash); border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.3rem 0.6rem; }
.bar input::placeholder { color: var(--soft); opacity: 1; }
.bar button { font: inherit; line-height: 1; color: var(--ink); background: var(--wash); border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.45rem 0.65rem; }
.bar button:disabled { color: var(--soft); }
.bar output { min-width: 4em; color: var(--soft); font-variant-numeric: tabular-nums; }
.bar audio { flex: 1 1 100%; height: 2.4rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
::highlight(match) { background: var(--match); color: var(--ink); }
::highlight(current) { background: var(--current); color: var(--ink); }
.quiet { color: var(--soft); }
ul { margin: 0; padding-inline-start: 1.15rem; }
li { margin-bottom: 0.55rem; padding-inline-start: 0.2rem; }
li::marker { color: var(--soft); }
.id { color: var(--soft); font-size: 0.72em; white-space: nowrap; font-variant-numeric: tabular-nums; }
:is(li, td)[id]:target { background: var(--target); box-shadow: 0 0 0 0.4rem var(--target); border-radius: 0.3rem; }
figure { margin: 0 0 2.25rem; }
img { display: block; max-width: 100%; max-height: 16rem; border-radius: 0.6rem; }
figcaption { color: var(--soft); font-size: 0.85rem; margin-top: 0.5rem; }
.note { border-inline-start: 3px solid var(--accent); background: var(--wash); border-radius: 0.25rem; padding: 0.85rem 1.1rem; margin: 0 0 1.25rem; font-size: 0.95rem; }
.note p { font-weight: 650; margin: 0; }
.note ul { margin-top: 0.4rem; }
.note li { margin-bottom: 0.2rem; }
.warning { border-color: var(--warning); background: var(--warning-wash); }
.warning p { color: var(--warning); }
.source {
  display: inline-block; font-size: 0.8em; line-height: 1.5; padding: 0 0.4em; border-radius: 0.3em; white-space: nowrap;
  background: var(--wash); text-decoration: none; font-variant-numeric: tabular-nums;
}
.source:hover { text-decoration: underline; }
.flag {
  display: inline-block; font-size: 0.78em; line-height: 1.5; font-weight: 600; padding: 0 0.45em; border-radius: 0.3em;
  white-space: nowrap; color: var(--warning); background: var(--warning-wash);
}
table { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: 0.98rem; }
th { text-align: start; font-size: 0.82rem; font-weight: 600; color: var(--soft); white-space: nowrap; }
th, td { padding: 0.6rem 0.9rem 0.6rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-inline-end: 0; }
td { line-height: 1.5; }
th:nth-child(1) { width: 42%; }
th:nth-child(3) { width: 23%; }
th:nth-child(4) { width: 15%; }
dl { margin: 0; font-size: 0.92rem; display: grid; grid-template-columns: max-content 1fr; column-gap: 1.5rem; }
dt { color: var(--soft); grid-column: 1; padding-top: 0.35rem; }
dd.digest { font: 0.75rem/1.9 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
dd { margin: 0; grid-column: 2; padding-top: 0.35rem; overflow-wrap: anywhere; }
.transcript p { display: grid; grid-template-columns: 4.25rem 1fr; margin: 0; padding: 0.28rem 0; border-radius: 0.3rem; scroll-margin-top: 30vh; }
.transcript p:target { background: var(--target); box-shadow: 0 0 0 0.4rem var(--target); }
.time { color: var(--soft); font-size: 0.82rem; line-height: 2.1; font-variant-numeric: tabular-nums; text-decoration: none; }
.time:hover { color: var(--accent); }
@media (max-width: 36rem) {
  main { padding: 2rem 1.15rem 4rem; }
  .bar { padding: 0.5rem 1.15rem; }
  body { font-size: 1rem; }
  thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  table, tbody, tr, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: 0.7rem 0; }
  td { border: 0; padding: 0.1rem 0; }
  td:empty { display: none; }
  td:first-child { font-weight: 550; }
  td:not(:first-child)::before { content: attr(data-column) "  "; white-space: pre; color: var(--soft); font-size: 0.85em; }
  dl { display: block; }
  dt { padding-top: 0.8rem; }
  dd { padding-top: 0.1rem; }
  .transcript p { grid-template-columns: 3.5rem 1fr; }
}
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --line: #bbb; --accent: #000; --wash: #fff; --warning: #000; --warning-wash: #fff; --target: #fff; }
  @page { margin: 20mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8.5pt sans-serif; color: #444; } }
  /* Every size follows: 10.5 pt for the text. */
  html { font-size: 9.88pt; }
  body { font-size: 1.0625rem; line-height: 1.5; }
  main { max-width: none; padding: 0; }
  .bar { display: none; }
  h2, dt { break-after: avoid; }
  li, tr, figure, .note, .transcript p { break-inside: avoid; }
  .note, .flag { border: 1px solid #777; }
  .source { padding: 0; }
  img { max-height: 90mm; }
}
`;
