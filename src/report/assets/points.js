// Points of a figure: pointer, touch, and the arrow keys read them out in the line below it.

// The numbers in the data of a path: places of its points.
const places = (path) => (path.getAttribute('d').match(/[ML]-?[\d.]+ -?[\d.]+/g) || []).map((part) => part.slice(1).split(' ').map(Number));
const numbers = (text) => text.split(' ').map(Number);

function pointsOf(svg) {
  const points = [];
  for (const title of all('g > title, rect > title', svg)) {
    const element = title.parentNode;
    const dot = find('circle', element);
    const box = element.getBBox();
    points.push({
      x: dot ? +dot.getAttribute('cx') : box.x + box.width / 2,
      y: dot ? +dot.getAttribute('cy') : element.localName === 'rect' ? box.y : box.y + box.height / 2,
      text: title.textContent,
      walk: element.localName === 'g',
    });
  }
  for (const path of all('path[data-coverage]', svg)) {
    const coverage = numbers(path.dataset.coverage);
    const risk = numbers(path.dataset.risk);
    places(path).forEach(([x, y], i) => points.push({ x, y, walk: true, text: `Keeping ${percent(coverage[i])} of the rows: ${percent(risk[i], 2)} errors among them` }));
  }
  for (const group of all('.cf-errors', svg)) {
    const dots = find('.cf-blue-dots, .cf-orange-dots', group);
    if (!dots) continue;
    const values = numbers(group.dataset.values);
    const bins = numbers(group.dataset.bins);
    const names = { ece: 'ECE, bins of equal width', adaptive_ece: 'ECE, bins of equal mass', ace: 'ACE' };
    places(dots).forEach(([x, y], i) => points.push({ x, y, walk: true, text: `${names[group.dataset.metric] || group.dataset.metric}: ${percent(values[i], 2)} with ${bins[i]} bins` }));
  }
  return points;
}

function readable(plot, name) {
  const svg = find('svg', plot);
  let points = pointsOf(svg);
  if (points.length === 0) return () => {};
  const line = make('p', { class: 'readout', 'aria-live': 'polite' }, 'Point at the figure or tap it; with the keyboard, focus it and use the arrow keys.');
  plot.after(line);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-label', `Points of: ${name}. The arrow keys go from one to the next.`);
  let cursor = null;
  let current = -1;
  const show = (point) => {
    if (!cursor) cursor = draw(svg, 'circle', { class: 'cursor', r: 7 });
    cursor.setAttribute('cx', point.x);
    cursor.setAttribute('cy', point.y);
    if (line.textContent !== point.text) line.textContent = point.text;
  };
  const nearest = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    let best = null;
    let least = 45 * 45;
    points.forEach((point, i) => {
      const distance = (point.x - at.x) ** 2 + (point.y - at.y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    if (best === null) return;
    current = best;
    show(points[best]);
  };
  plot.addEventListener('pointermove', nearest);
  plot.addEventListener('pointerdown', nearest);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const walk = points.map((point, i) => (point.walk ? i : -1)).filter((i) => i >= 0);
    if (walk.length === 0 || (step === undefined && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    const place = walk.indexOf(current);
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? walk.length - 1 : place < 0 ? 0 : Math.min(Math.max(place + step, 0), walk.length - 1);
    current = walk[next];
    show(points[current]);
  });
  return () => {
    points = pointsOf(svg);
    cursor = null;
    current = -1;
  };
}
