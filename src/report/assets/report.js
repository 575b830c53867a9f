'use strict';
// What the page does beyond showing: a line that reads the points of a figure out, any class by choice, counts on a
// scale of logarithms, tables in another order. Without it every figure and number is there.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, attributes = {}, text = '') => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== '') element.textContent = text;
    return element;
  };
  const draw = (parent, name, attributes, text = '') => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, typeof value === 'number' ? +value.toFixed(2) : value);
    if (text !== '') element.textContent = text;
    parent.append(element);
    return element;
  };
  const percent = (share, decimals = 1) => (100 * share).toFixed(decimals) + ' %';
  const grouped = (count) => count.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const rowsText = (count) => grouped(count) + (count === 1 ? ' row' : ' rows');
  const plain = (name) => name.replace(/[\u2068\u2069]/g, '');
  document.documentElement.classList.add('js');

  // ---- Points of a figure: pointer, touch, and the arrow keys read them out in the line below it.

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

  // ---- The look of src/figures: frame, counts, diagram.

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

  // ---- Any class by choice. src/report/class_data.cpp says how the bins are written.

  const given = JSON.parse(find('#class-data').textContent);
  const table = find('#class-table');

  function reader(text) {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    let at = 0;
    const digit = () => alphabet.indexOf(text[at++]);
    return {
      share: () => (digit() * 64 + digit()) / 4095,
      varint: () => {
        for (let x = 0, scale = 1; ; scale *= 32) {
          const d = digit();
          x += (d & 31) * scale;
          if (d < 32) return x;
        }
      },
    };
  }

  // Intervals by the two numbers of rows that they are of: only the first time they are written.
  const intervals = new Map();

  function binsOf(text) {
    const read = reader(text);
    const bins = [];
    for (let b = 0; b < given.bins; b += 1) {
      const bin = { lower: b / given.bins, upper: (b + 1) / given.bins, count: read.varint() / (given.whole ? 1 : 1000) };
      bins.push(bin);
      if (bin.count === 0) continue;
      const share = () => (given.whole ? read.varint() / bin.count : read.share());
      bin.mean = bin.lower + read.share() / given.bins;
      bin.share = share();
      if (!given.intervals) continue;
      const key = `${bin.count} ${Math.round(bin.share * bin.count)}`;
      bin.interval = given.whole && intervals.has(key) ? intervals.get(key) : [read.share(), read.share()];
      intervals.set(key, bin.interval);
      bin.band = [share(), share()];
    }
    return bins;
  }

  function chooser() {
    const diagrams = given.data.split('.').map(binsOf);
    const rows = all('tbody tr', table);
    const names = rows.map((row) => plain(row.cells[0].textContent));
    const heads = all('thead th', table).map((head) => head.textContent);
    const errorColumn = heads.findIndex((head) => head.startsWith('error'));
    const lower = names.map((name) => name.toLowerCase());
    const [filter, choice, matches] = ['#filter', '#choice', '#matches'].map((id) => find(id));
    const plot = find('#class-plot');
    const most = 500;
    const narrow = matchMedia('(max-width: 700px)').matches;
    choice.size = Math.min(Math.max(names.length, 4), narrow ? 6 : 24);
    let shown = 0;
    let logarithmic = false;
    let refresh = null;

    const list = () => {
      const wanted = filter.value.trim().toLowerCase();
      const found = [];
      lower.forEach((name, i) => name.includes(wanted) && found.push(i));
      // The chosen one is listed wherever it stands.
      const listed = found.filter((i, place) => place < most || i === shown);
      choice.replaceChildren(...listed.map((i) => make('option', { value: i }, `\u2068${names[i]}\u2069 · ${rows[i].cells[errorColumn].textContent} %`)));
      choice.value = found.includes(shown) ? String(shown) : '';
      matches.textContent = found.length === 0 ? 'No class has this in its name.' : found.length > most ? `${most} of ${grouped(found.length)} are listed; search to see others.` : found.length < names.length ? `${grouped(found.length)} of ${grouped(names.length)} classes` : '';
      return found;
    };

    const paint = () => {
      const bins = diagrams[shown];
      let svg = find('svg', plot);
      if (!svg) svg = draw(plot, 'svg', { class: 'calibrant-figure', role: 'img', 'font-family': 'sans-serif', 'font-size': 12 });
      svg.replaceChildren();
      svg.setAttribute('aria-label', `Reliability of class ${names[shown]}: ${bins.filter((bin) => bin.count > 0).map(binText).join('; ')}`);
      drawDiagram(svg, bins, plot.clientWidth, logarithmic);
      if (refresh) refresh();
      else refresh = readable(plot, 'reliability of the chosen class');
      const range = (pair) => (pair ? pair.map((x) => x.toFixed(3)).join(' to ') : '-');
      const numbersTable = make('table');
      numbersTable.append(make('caption', {}, `Bins of ${names[shown]}`));
      const head = numbersTable.createTHead().insertRow();
      for (const title of ['bin', 'rows', 'probability', 'share of the class', `${given.level} interval`, 'a calibrated model']) head.append(make('th', { scope: 'col' }, title));
      const body = numbersTable.createTBody();
      for (const bin of bins) {
        if (!(bin.count > 0)) continue;
        const row = body.insertRow();
        row.append(make('th', { scope: 'row' }, `${bin.lower.toFixed(3)} to ${bin.upper.toFixed(3)}`));
        for (const text of [grouped(bin.count), bin.mean.toFixed(4), bin.share.toFixed(4), range(bin.interval), range(bin.band)]) row.append(make('td', {}, text));
      }
      find('#class-numbers').replaceChildren(numbersTable);
    };

    const choose = (i) => {
      shown = i;
      find('#class-name').textContent = names[i];
      find('#class-words').textContent = heads.slice(1).map((head, j) => `${head.replace(/, %$/, '')} ${rows[i].cells[j + 1].textContent.trim()}${/%/.test(head) ? ' %' : ''}`.replace(/ /g, '\u00a0')).join(' · ');
      if (choice.value !== String(i)) choice.value = String(i);
      paint();
    };

    // A class by name in the address: #class=dog. Names that are cut may be the same, then the first is meant.
    const follow = () => {
      const match = /^#class=(.*)$/.exec(location.hash);
      if (!match) return false;
      let name = match[1];
      try {
        name = decodeURIComponent(name);
      } catch {
        return false;
      }
      const i = names.indexOf(name);
      if (i < 0) return false;
      filter.value = '';
      shown = i;
      list();
      choose(i);
      find('#chooser').scrollIntoView();
      return true;
    };
    const chosen = (i) => {
      choose(i);
      history.replaceState(null, '', '#class=' + encodeURIComponent(names[i]));
    };

    filter.addEventListener('input', () => {
      const found = list();
      if (found.length > 0 && !found.includes(shown)) chosen(found[0]);
    });
    choice.addEventListener('change', () => choice.value !== '' && chosen(+choice.value));
    addEventListener('hashchange', follow);
    addEventListener('resize', () => plot.clientWidth > 0 && paint());
    list();
    if (!follow()) choose(0);
    logTool(find('#class-plot + .readout') || plot, (on) => {
      logarithmic = on;
      paint();
    });
  }

  // ---- Tables in another order.

  for (const sortable of all('table.sortable')) {
    const body = sortable.tBodies[0];
    const heads = all('thead th', sortable);
    const valueOf = (row, column) => {
      const cell = row.cells[column];
      if (cell.dataset.v) return +cell.dataset.v;
      const text = plain(cell.textContent);
      const number = parseFloat(text.replace(/,/g, ''));
      return column === 0 || Number.isNaN(number) ? text : number;
    };
    heads.forEach((head, column) => {
      const button = make('button', { type: 'button' }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending' || (column > 0 && !head.hasAttribute('aria-sort'));
        heads.forEach((other) => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : typeof a === 'number' ? -1 : typeof b === 'number' ? 1 : a.localeCompare(b, undefined, { numeric: true }));
        const keyed = [...body.rows].map((row) => [valueOf(row, column), row]);
        // A dash stays at the end either way.
        keyed.sort(([a], [b]) => (a === '-') - (b === '-') || (down ? compare(b, a) : compare(a, b)));
        body.append(...keyed.map(([, row]) => row));
      });
    });
  }
  // What may be wider than the window can be scrolled by keyboard.
  for (const scroll of all('.scroll')) {
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', 'Table: ' + (find('caption', scroll)?.textContent || 'numbers of the chosen class'));
  }
  // A definition goes away by Escape and comes back with the next visit.
  for (const term of all('.term')) {
    term.addEventListener('keydown', (event) => event.key === 'Escape' && term.classList.add('closed'));
    for (const leave of ['pointerleave', 'focusout']) term.addEventListener(leave, () => term.classList.remove('closed'));
  }
  if (given && table) chooser();
})();
