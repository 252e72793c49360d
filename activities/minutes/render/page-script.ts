/**
 * What an exported page does by itself: search, keys, and a player where the recording lies beside it. It sends nothing
 * and stores nothing. Without it the page is whole.
 *
 * Search marks every match by the highlights of CSS, which leave the page's elements as they are. Keys: `/` to the
 * search, Enter and Shift+Enter to the next and previous match, Escape out of it; with a recording, `k` plays and
 * pauses, `j` and `l` go ten seconds back and on.
 */
export const PAGE_SCRIPT = `
'use strict';
const main = document.querySelector('main');
const bar = document.querySelector('.bar');
const field = bar.querySelector('input');
const count = bar.querySelector('output');
const [previous, next] = bar.querySelectorAll('button');
bar.hidden = false;

const marks = 'highlights' in CSS ? { all: new Highlight(), one: new Highlight() } : null;
if (marks) {
  marks.one.priority = 1;
  CSS.highlights.set('match', marks.all);
  CSS.highlights.set('current', marks.one);
}
let matches = [];
let current = -1;

function find(words) {
  matches = [];
  const wanted = words.trim().toLowerCase();
  if (wanted !== '') {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.data.toLowerCase();
      // A letter whose small form is longer would shift the places.
      if (text.length !== node.data.length) continue;
      for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        matches.push(range);
      }
    }
  }
  if (marks) {
    marks.all.clear();
    for (const range of matches) marks.all.add(range);
  }
  current = -1;
  if (matches.length > 0) go(1);
  else show();
}

function go(step) {
  if (matches.length === 0) return;
  current = (current + step + matches.length) % matches.length;
  matches[current].startContainer.parentElement.scrollIntoView({ block: 'center' });
  show();
}

function show() {
  if (marks) {
    marks.one.clear();
    if (current !== -1) marks.one.add(matches[current]);
  }
  count.value = field.value.trim() === '' ? '' : (current + 1) + ' / ' + matches.length;
  previous.disabled = next.disabled = matches.length === 0;
}

let pause;
field.addEventListener('input', () => {
  clearTimeout(pause);
  pause = setTimeout(() => find(field.value), 120);
});
field.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    clearTimeout(pause);
    if (count.value === '') find(field.value);
    else go(event.shiftKey ? -1 : 1);
  } else if (event.key === 'Escape') {
    field.value = '';
    find('');
    field.blur();
  }
});
previous.addEventListener('click', () => go(-1));
next.addEventListener('click', () => go(1));
show();

const source = document.querySelector('meta[name="hansard-audio"]').content;
let player = null;
if (source !== '') {
  player = document.createElement('audio');
  player.controls = true;
  player.preload = 'metadata';
  player.src = source;
  bar.append(player);
  document.addEventListener('click', (event) => {
    const place = event.target instanceof Element ? event.target.closest('[data-at]') : null;
    if (place === null || event.ctrlKey || event.metaKey || String(getSelection()) !== '') return;
    player.currentTime = Number(place.dataset.at);
    player.play().catch(() => undefined);
  });
}

// What a link leads to stays clear of the bar, whose height depends on the page's width, its player and its type.
const clearTheBar = () => {
  document.documentElement.style.scrollPaddingTop = bar.offsetHeight + 8 + 'px';
};
clearTheBar();
new ResizeObserver(clearTheBar).observe(bar);

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target === field) return;
  if (key === '/') {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (player !== null && target !== player) {
    if (key === 'k') player.paused ? player.play().catch(() => undefined) : player.pause();
    if (key === 'j') player.currentTime -= 10;
    if (key === 'l') player.currentTime += 10;
  }
});
`;
