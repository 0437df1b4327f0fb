// Signing in, and back to where one wanted to go.

import { setText } from "./dom.js";
import { frame } from "./frame.js";
import { connect } from "./live.js";
import { post } from "./post.js";

const form = document.getElementById("sign-in");
const refusal = document.getElementById("refusal");
const button = form.querySelector("button");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  const { person, password } = form.elements;
  const said = await post("/masuk", { person: person.value, password: password.value });
  if (said.ok) {
    location.replace(form.dataset.back);
    return;
  }
  setText(refusal, said.text);
  refusal.hidden = false;
  button.disabled = false;
  password.select();
});

const { handlers, onLink } = frame();
connect("/events", handlers, onLink);
