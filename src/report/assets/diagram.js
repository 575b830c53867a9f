// The look of src/figures: frame, counts, diagram.

const niceStep = (x) => {
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= x * (1 - 1e-9));
};
const shortCount = (count) => (count >= 1e9 ? count / 1e9 + 'G' : count >= 1e6 ? count / 1e6 + 'M' : count >= 1e4 ? count / 1e3 + 'k' : grouped(count));

function drawText(parent, x, y, kind, text) {
  draw(parent, 'text', { x, y, class: kind }, text);
}

// The counts below a diagram, which share its axis.
function drawCounts(parent, area, bins, most, label, logarithmic) {
  const step = niceStep(most / 2);
  const highest = logarithmic ? most : Math.ceil(most / step - 1e-9) * step;
  const height = (count) => area.height * (logarithmic ? Math.log1p(count) / Math.log1p(highest) : count / highest);
  const ticks = logarithmic ? [0] : [];
  if (logarithmic) for (let t = 1; t <= highest; t *= 10) ticks.push(t);
  else for (let t = 0; t <= highest * (1 + 1e-9); t += step) ticks.push(t);
  const bottom = area.top + area.height;
  draw(parent, 'path', { class: 'cf-axis', d: `M${area.left} ${area.top}V${bottom}H${area.left + area.width}` });
  for (let i = 0; i <= 5; i += 1) drawText(parent, area.left + (area.width * i) / 5, bottom + 15, 'cf-tick cf-middle', (i / 5).toFixed(1));
  let last = Infinity;
  for (const tick of ticks) {
    const y = bottom - height(tick) + 4;
    if (last - y < 11) continue;
    last = y;
    drawText(parent, area.left - 6, y, 'cf-tick cf-end', shortCount(tick));
  }
  drawText(parent, area.left + area.width / 2, bottom + 33, 'cf-label cf-middle', label);
  draw(parent, 'text', { class: 'cf-label cf-middle', transform: `translate(16 ${area.top + area.height / 2}) rotate(-90)` }, logarithmic ? 'rows, log' : 'rows');
  for (const bin of bins) {
    if (!(bin.count > 0)) continue;
    const room = (bin.upper - bin.lower) * area.width;
    const gap = Math.min(1.5, room / 8);
    const tall = Math.max(height(bin.count), 0.8);
    const bar = draw(parent, 'rect', { class: 'cf-grey', x: area.left + bin.lower * area.width + gap / 2, y: bottom - tall, width: room - gap, height: tall });
    draw(bar, 'title', {}, rowsText(bin.count));
  }
}

const binText = (bin) =>
  `${bin.lower.toFixed(3)} to ${bin.upper.toFixed(3)}: ${rowsText(bin.count)}, says ${percent(bin.mean)}, is ${percent(bin.share)}` +
  (bin.interval ? ` (${percent(bin.interval[0])} to ${percent(bin.interval[1])})` : '');

// In one row above the diagram.
function drawLegend(svg, left, intervals) {
  draw(svg, 'path', { class: 'cf-blue-line', d: `M${left + 5} 4V18` });
  draw(svg, 'circle', { class: 'cf-dot', cx: left + 5, cy: 11, r: 3.5 });
  drawText(svg, left + 14, 15, 'cf-note', 'observed');
  draw(svg, 'path', { class: 'cf-ideal', d: `M${left + 78} 11h18` });
  drawText(svg, left + 101, 15, 'cf-note', 'ideal');
  if (!intervals) return;
  draw(svg, 'rect', { class: 'cf-band', x: left + 142, y: 6, width: 12, height: 10 });
  draw(svg, 'path', { class: 'cf-edge', d: `M${left + 142} 6h12M${left + 142} 16h12` });
  drawText(svg, left + 160, 15, 'cf-note', 'a calibrated model');
}

function drawDiagram(svg, bins, width, logarithmic) {
  const left = 58;
  const top = 30;
  const side = Math.min(380, width - left - 16);
  const x = (share) => left + share * side;
  const y = (share) => top + (1 - share) * side;
  const bottom = top + side;
  const size = { width: left + side + 16, height: bottom + 110 };
  for (const [key, value] of Object.entries(size)) svg.setAttribute(key, value);
  svg.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
  draw(svg, 'rect', { class: 'cf-paper', ...size });
  drawLegend(svg, left, bins.some((bin) => bin.interval));
  let grid = '';
  for (let i = 0; i <= 5; i += 1) grid += `M${x(i / 5)} ${top}V${bottom}M${left} ${y(i / 5)}H${x(1)}`;
  draw(svg, 'path', { class: 'cf-grid', d: grid });
  draw(svg, 'path', { class: 'cf-axis', d: `M${left} ${top}V${bottom}H${x(1)}` });
  for (let i = 0; i <= 5; i += 1) drawText(svg, left - 6, y(i / 5) + 4, 'cf-tick cf-end', (i / 5).toFixed(1));
  draw(svg, 'text', { class: 'cf-label cf-middle', transform: `translate(16 ${top + side / 2}) rotate(-90)` }, 'share that is of the class');
  let band = '';
  let edges = '';
  for (const bin of bins) {
    if (!bin.band) continue;
    band += `M${x(bin.lower)} ${y(bin.band[1])}H${x(bin.upper)}V${y(bin.band[0])}H${x(bin.lower)}Z`;
    edges += `M${x(bin.lower)} ${y(bin.band[1])}H${x(bin.upper)}M${x(bin.lower)} ${y(bin.band[0])}H${x(bin.upper)}`;
  }
  draw(svg, 'path', { class: 'cf-band', d: band });
  draw(svg, 'path', { class: 'cf-edge', d: edges });
  draw(svg, 'path', { class: 'cf-ideal', d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}` });
  const radius = Math.min(Math.max((0.28 * side) / bins.length, 1.4), 4.2);
  for (const bin of bins) {
    if (!(bin.count > 0)) continue;
    const group = draw(svg, 'g', { class: 'cf-bin' });
    draw(group, 'title', {}, binText(bin));
    if (bin.interval) draw(group, 'path', { class: 'cf-blue-line', d: `M${x(bin.mean)} ${y(bin.interval[0])}V${y(bin.interval[1])}` });
    draw(group, 'circle', { class: 'cf-dot', cx: x(bin.mean), cy: y(bin.share), r: radius });
  }
  drawCounts(draw(svg, 'g', {}), { left, top: bottom + 12, width: side, height: 58 }, bins, Math.max(...bins.map((bin) => bin.count)), 'probability of the class', logarithmic);
}

// A box that turns the counts of a figure into logarithms and back.
function logTool(after, change) {
  const label = make('label', { class: 'tool' });
  const box = make('input', { type: 'checkbox' });
  label.append(box, 'counts on a log scale');
  const wrap = make('div');
  wrap.append(label);
  after.after(wrap);
  box.addEventListener('change', () => change(box.checked));
  return box;
}

for (const plot of all('.plot[data-title]')) {
  const refresh = readable(plot, plot.dataset.title);
  const counts = all('.cf-counts', plot);
  if (counts.length === 0) continue;
  const linear = counts.map((group) => [...group.childNodes]);
  logTool(plot.nextElementSibling, (logarithmic) => {
    counts.forEach((group, i) => {
      group.replaceChildren();
      if (!logarithmic) return group.append(...linear[i]);
      const [left, top, width, height] = numbers(group.dataset.area);
      const bins = all('.cf-bin', group.parentNode).map((bin) => ({ lower: +bin.dataset.lower, upper: +bin.dataset.upper, count: +bin.dataset.count }));
      return drawCounts(group, { left, top, width, height }, bins, +group.dataset.most, group.dataset.label, true);
    });
    find('.cursor', plot)?.remove();
    refresh();
  });
}
