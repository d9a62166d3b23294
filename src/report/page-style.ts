/** Colours that can be told apart, also by those who see few (Okabe and Ito 2008). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6bb1', '#7f7f7f'];

/** How a page looks: light or dark as the reader has it, and on any width. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #d0d4da; --soft: #5a6270; --back: #fff; --text: #16181d; --stripe: #f6f7f9; --alarm: #c22; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3f49; --soft: #9aa3b2; --back: #16181d; --text: #e6e9ef; --stripe: #1d2026; --alarm: #ff7066; }
}
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text); }
h1, h2 { overflow-wrap: anywhere; } h1 { font-size: 1.2rem; } h2 { font-size: 1.05rem; margin-top: 2.5rem; }
small { color: var(--soft); font-size: .85em; font-weight: normal; white-space: nowrap; }
.table { overflow: auto; max-height: 90vh; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid var(--line); white-space: pre; }
th { border-bottom-width: 2px; position: sticky; top: 0; background: var(--back); }
tbody tr:nth-child(even) { background: var(--stripe); }
td.long { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 18rem; max-width: 36rem; }
th.n, td.n { text-align: right; } .bad { color: var(--alarm); font-weight: bold; } .more { color: var(--soft); }
figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .85rem; margin-bottom: .75rem; overflow-wrap: anywhere; }
.plot { display: grid; grid-template: 15rem auto / auto 1fr; gap: .6rem .5rem; }
.y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; line-height: 0; }
.y, .x, .bars { color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
.x { grid-column: 2; display: flex; justify-content: space-between; gap: 1rem; }
svg { width: 100%; height: 100%; overflow: visible; }
svg * { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .limit { stroke: var(--alarm); stroke-dasharray: 6 4; stroke-width: 1.5; }
svg .breach { stroke: var(--alarm); stroke-width: 8; stroke-linecap: round; }
.legend { list-style: none; margin: .75rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .85rem; }
.legend li { max-width: 24rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend li::before { content: ''; display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
.legend .more::before { display: none; } .legend .breach::before { background: var(--alarm); border-radius: 50%; }
.legend .limit::before { height: 0; width: 1.2em; vertical-align: middle; border-top: 2px dashed var(--alarm); }
.bars { display: grid; grid-template-columns: fit-content(16rem) 1fr auto; gap: .15rem .75rem; align-items: center; }
.bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 40vw; } .bars i { display: block; height: .9rem; }
${COLORS.map((color, at) => `svg .s${at} { stroke: ${color}; } i.s${at}, li.s${at}::before { background: ${color}; }`).join('\n')}
@media print { .table { overflow: visible; max-height: none; } td { white-space: pre-wrap; } }
`;
