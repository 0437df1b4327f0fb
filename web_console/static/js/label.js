// A label for a board's case, to be printed.

import { setText } from "./dom.js";
import { whereIs } from "./needs.js";
import { technicianPage } from "./technician.js";

const label = document.getElementById("label");
let row = null;
let site = null;

function show() {
  if (row && site) setText(document.getElementById("place"), whereIs(row));
}

document.getElementById("print").addEventListener("click", () => print());
technicianPage({
  site(data) {
    site = data;
    show();
  },
  fleet({ boards }) {
    row = boards.find((one) => one.board === label.dataset.board) ?? null;
    show();
  },
});
