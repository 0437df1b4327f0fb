// Building and updating the page: text is always text, never markup.

/** Give an element; `props` are attributes, `class`, and `on…` listeners; falsy ones are left out. */
export function el(name, props = {}, ...children) {
  return fill(document.createElement(name), props, children);
}

/** Give an element of a drawing, as `el` does. */
export function svg(name, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), props, children);
}

function fill(node, props, children) {
  setProps(node, props);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** Set attributes where they differ; null or false removes one. */
export function setProps(node, props) {
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === null || value === undefined || value === false) node.removeAttribute(key);
    else if (value === true) node.setAttribute(key, key.startsWith("aria-") ? "true" : "");
    else if (node.getAttribute(key) !== String(value)) node.setAttribute(key, value);
  }
}

/** Set the text of a node if it differs. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Give a state: a shape and a colour by `tone`, and its word. */
export function state(tone, text) {
  return el("span", { class: "state", "data-tone": tone }, text);
}

/** Give what stands where there is nothing to show. */
export function empty(title, hint) {
  return el("p", { class: "empty" }, el("strong", {}, title), el("span", { class: "quiet" }, hint));
}

/**
 * Make `parent` hold one child for each item, in order, keeping the children of items that stay:
 * `make(item)` gives a new child, `update(child, item)` brings it up to date.
 */
export function keyed(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = null; // the child after which the next one belongs
  for (const item of items) {
    const key = String(keyOf(item));
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    const after = place ? place.nextElementSibling : parent.firstElementChild;
    if (after !== child) parent.insertBefore(child, after);
    update(child, item);
    place = child;
  }
  for (const child of old.values()) child.remove();
}

/** Give the list of class `className` that fills `place`; made if something else stood there. */
export function listIn(place, className) {
  const there = place.firstElementChild;
  if (there?.className === className) return there;
  const list = el("ul", { class: className });
  place.replaceChildren(list);
  return list;
}
