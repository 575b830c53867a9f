// Any class by choice. src/report/class_data.cpp says how the bins are written.

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

if (given && table) chooser();
