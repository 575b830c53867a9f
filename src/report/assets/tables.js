// Tables in another order.

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
