'use strict';
// What the page does beyond showing: a line that reads the points of a figure out, any class by choice, counts on a
// scale of logarithms, tables in another order. Without it every figure and number is there.
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
